// SPDX-License-Identifier: Apache-2.0
#include "core/stats/robustness.h"

#include "core/base/error.h"
#include "core/stats/regression_metrics.h"

#include <boost/math/distributions/normal.hpp>

#include <cmath>
#include <vector>

namespace levi {
namespace {

double stretched(double accuracy, AccuracyScale scale) {
    if (!(accuracy > 0 && accuracy < 1))
        throw Error("effective robustness: accuracy {}, expected one strictly inside (0, 1)", accuracy);
    if (scale == AccuracyScale::Logit) return std::log(accuracy / (1 - accuracy));
    return boost::math::quantile(boost::math::normal(), accuracy);
}

double squeezed(double value, AccuracyScale scale) {
    if (scale == AccuracyScale::Logit) return 1 / (1 + std::exp(-value));
    return boost::math::cdf(boost::math::normal(), value);
}

} // namespace

double RobustnessLine::expectedOod(double idAccuracy) const {
    return squeezed(slope * stretched(idAccuracy, scale) + intercept, scale);
}

double RobustnessLine::effectiveRobustness(double idAccuracy, double oodAccuracy) const {
    return oodAccuracy - expectedOod(idAccuracy);
}

std::optional<RobustnessLine> fitRobustnessLine(std::span<const double> idAccuracies,
                                                std::span<const double> oodAccuracies, AccuracyScale scale) {
    if (idAccuracies.size() != oodAccuracies.size())
        throw Error("effective robustness: {} ID and {} OOD accuracies, expected as many", idAccuracies.size(),
                    oodAccuracies.size());
    std::vector<double> x, y;
    double meanX = 0, meanY = 0;
    for (std::size_t i = 0; i < idAccuracies.size(); ++i) {
        x.push_back(stretched(idAccuracies[i], scale));
        y.push_back(stretched(oodAccuracies[i], scale));
        meanX += x.back() / static_cast<double>(idAccuracies.size());
        meanY += y.back() / static_cast<double>(idAccuracies.size());
    }
    double xx = 0, xy = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        xx += (x[i] - meanX) * (x[i] - meanX);
        xy += (x[i] - meanX) * (y[i] - meanY);
    }
    if (x.size() < kFewestBaselines || !(xx > 0)) return std::nullopt;
    RobustnessLine line;
    line.scale = scale;
    line.slope = xy / xx;
    line.intercept = meanY - line.slope * meanX;
    line.pearson = pearson(x, y).value_or(0); // all of one OOD accuracy: a flat line
    return line;
}

} // namespace levi
