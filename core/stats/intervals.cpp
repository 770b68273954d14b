// SPDX-License-Identifier: Apache-2.0
#include "core/stats/intervals.h"

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/stats/regression_metrics.h"

#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace levi {
namespace {

void checkLevel(double level) {
    if (!(level > 0 && level < 1)) throw Error("interval: level {}, expected one inside (0, 1), such as 0.95", level);
}

void checkFinite(std::span<const double> values) {
    for (const double value : values)
        if (!std::isfinite(value))
            throw Error("interval: a value is {}, expected finite ones; leave it out first", value);
}

double meanOf(std::span<const double> values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// Bias: how far the resamples' median lies from the statistic, in normal units.
double biasOf(const std::vector<double>& resampled, double statistic) {
    double below = 0;
    for (const double value : resampled)
        below += value < statistic ? 1 : value == statistic ? 0.5 : 0;
    const double n = static_cast<double>(resampled.size());
    return boost::math::quantile(boost::math::normal(), std::clamp(below / n, 0.5 / n, 1 - 0.5 / n));
}

// Acceleration: the skewness of the jackknife values.
double accelerationOf(std::span<const double> values, const std::function<double(std::span<const double>)>& statistic) {
    std::vector<double> jackknife;
    for (std::size_t left = 0; left < values.size(); ++left) {
        std::vector<double> others(values.begin(), values.end());
        others.erase(others.begin() + static_cast<std::ptrdiff_t>(left));
        jackknife.push_back(statistic(others));
    }
    const double mean = meanOf(jackknife);
    double squares = 0, cubes = 0;
    for (const double value : jackknife) {
        squares += std::pow(mean - value, 2);
        cubes += std::pow(mean - value, 3);
    }
    return squares > 0 ? cubes / (6 * std::pow(squares, 1.5)) : 0;
}

} // namespace

std::optional<double> Estimate::halfWidth() const {
    if (!interval) return std::nullopt;
    return (interval->high - interval->low) / 2;
}

std::optional<Estimate> meanWithTInterval(std::span<const double> values, double level) {
    checkLevel(level);
    checkFinite(values);
    if (values.empty()) return std::nullopt;
    Estimate estimate;
    estimate.count = static_cast<std::int64_t>(values.size());
    estimate.mean = meanOf(values);
    estimate.level = level;
    if (values.size() < 2) return estimate;
    const double n = static_cast<double>(values.size());
    double squares = 0;
    for (const double value : values)
        squares += (value - estimate.mean) * (value - estimate.mean);
    estimate.sd = std::sqrt(squares / (n - 1));
    estimate.se = *estimate.sd / std::sqrt(n);
    estimate.sePopulation = std::sqrt(squares / n) / std::sqrt(n);
    const double t = boost::math::quantile(boost::math::students_t(n - 1), (1 + level) / 2);
    estimate.interval = Interval{.low = estimate.mean - t * *estimate.se, .high = estimate.mean + t * *estimate.se};
    return estimate;
}

std::optional<double> interquartileMean(std::span<const double> values) {
    checkFinite(values);
    if (values.empty()) return std::nullopt;
    std::vector<double> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    const std::size_t cut = sorted.size() / 4;
    return meanOf(std::span(sorted).subspan(cut, sorted.size() - 2 * cut));
}

Interval wilsonInterval(std::int64_t successes, std::int64_t trials, double level) {
    checkLevel(level);
    if (trials < 1 || successes < 0 || successes > trials)
        throw Error("Wilson interval: {} of {}, expected 0 <= successes <= trials and a trial", successes, trials);
    const double z = boost::math::quantile(boost::math::normal(), (1 + level) / 2);
    const double n = static_cast<double>(trials);
    const double share = static_cast<double>(successes) / n;
    const double centre = (share + z * z / (2 * n)) / (1 + z * z / n);
    const double half = z / (1 + z * z / n) * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
    return {.low = successes == 0 ? 0 : std::max(0.0, centre - half),
            .high = successes == trials ? 1 : std::min(1.0, centre + half)};
}

std::optional<Interval> bcaInterval(std::span<const double> values,
                                    const std::function<double(std::span<const double>)>& statistic,
                                    const BootstrapOptions& options) {
    checkLevel(options.level);
    checkFinite(values);
    if (options.resamples < 1) throw Error("bootstrap: {} resamples, expected at least one", options.resamples);
    if (values.size() < 2) return std::nullopt;
    Random random(streamSeed(options.seed, "bca bootstrap"));
    std::vector<double> drawn(values.size());
    std::vector<double> resampled(static_cast<std::size_t>(options.resamples));
    for (double& value : resampled) {
        for (double& one : drawn)
            one = values[random.below(values.size())];
        value = statistic(drawn);
    }
    checkFinite(resampled);
    const auto [least, most] = std::minmax_element(resampled.begin(), resampled.end());
    if (*least == *most) return std::nullopt;
    const double bias = biasOf(resampled, statistic(values));
    const double acceleration = accelerationOf(values, statistic);
    const boost::math::normal normal;
    const auto bound = [&](double probability) {
        const double shifted = bias + boost::math::quantile(normal, probability);
        const double share = boost::math::cdf(normal, bias + shifted / (1 - acceleration * shifted));
        return percentileOf(resampled, 100 * share);
    };
    return Interval{.low = bound((1 - options.level) / 2), .high = bound((1 + options.level) / 2)};
}

} // namespace levi
