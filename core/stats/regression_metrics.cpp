// SPDX-License-Identifier: Apache-2.0
#include "core/stats/regression_metrics.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <vector>

namespace levi {
namespace {

bool allFinite(std::span<const double> values) {
    return std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); });
}

double meanOf(std::span<const double> values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double rmse(std::span<const double> predicted, std::span<const double> target) {
    double sum = 0;
    for (std::size_t i = 0; i < target.size(); ++i)
        sum += (predicted[i] - target[i]) * (predicted[i] - target[i]);
    return std::sqrt(sum / static_cast<double>(target.size()));
}

double mae(std::span<const double> predicted, std::span<const double> target) {
    double sum = 0;
    for (std::size_t i = 0; i < target.size(); ++i)
        sum += std::abs(predicted[i] - target[i]);
    return sum / static_cast<double>(target.size());
}

struct GroupRows {
    std::vector<double> predicted, target;
};

void fillWorstGroups(const RatingPredictions& p, RegressionMetrics& metrics) {
    std::map<std::int64_t, GroupRows> groups;
    for (std::size_t row = 0; row < p.groups.size(); ++row) {
        groups[p.groups[row]].predicted.push_back(p.predicted[row]);
        groups[p.groups[row]].target.push_back(p.target[row]);
    }
    for (const auto& [number, rows] : groups) {
        const auto count = static_cast<std::int64_t>(rows.target.size());
        const GroupScore error{.group = number, .count = count, .value = rmse(rows.predicted, rows.target)};
        if (!metrics.rmseWorstGroup || error.value > metrics.rmseWorstGroup->value) metrics.rmseWorstGroup = error;
        const GroupScore distance{.group = number, .count = count, .value = mae(rows.predicted, rows.target)};
        if (!metrics.maeWorstGroup || distance.value > metrics.maeWorstGroup->value) metrics.maeWorstGroup = distance;
        const auto r = pearson(rows.predicted, rows.target);
        if (r && (!metrics.pearsonWorstGroup || *r < metrics.pearsonWorstGroup->value))
            metrics.pearsonWorstGroup = GroupScore{.group = number, .count = count, .value = *r};
    }
}

} // namespace

RegressionMetrics regressionMetrics(const RatingPredictions& p) {
    if (p.predicted.size() != p.target.size())
        throw Error("metrics: {} predictions for {} targets, expected as many", p.predicted.size(), p.target.size());
    if (!p.groups.empty() && p.groups.size() != p.target.size())
        throw Error("metrics: {} groups for {} rows, expected one a row or none", p.groups.size(), p.target.size());
    RegressionMetrics metrics;
    metrics.count = static_cast<std::int64_t>(p.target.size());
    if (p.target.empty() || !allFinite(p.predicted) || !allFinite(p.target)) return metrics;
    metrics.rmse = rmse(p.predicted, p.target);
    metrics.mae = mae(p.predicted, p.target);
    metrics.pearson = pearson(p.predicted, p.target);
    fillWorstGroups(p, metrics);
    return metrics;
}

std::map<std::string, std::optional<double>> metricsByKey(const RegressionMetrics& metrics) {
    const auto valueOf = [](const std::optional<GroupScore>& group) {
        return group ? std::optional(group->value) : std::nullopt;
    };
    return {{"rmse", metrics.rmse},
            {"mae", metrics.mae},
            {"pearson", metrics.pearson},
            {"rmse_worst_group", valueOf(metrics.rmseWorstGroup)},
            {"mae_worst_group", valueOf(metrics.maeWorstGroup)},
            {"pearson_worst_group", valueOf(metrics.pearsonWorstGroup)}};
}

std::optional<double> pearson(std::span<const double> x, std::span<const double> y) {
    if (x.size() != y.size()) throw Error("Pearson: {} values beside {}, expected as many", x.size(), y.size());
    if (x.size() < 2 || !allFinite(x) || !allFinite(y)) return std::nullopt;
    const double meanX = meanOf(x);
    const double meanY = meanOf(y);
    double xx = 0, yy = 0, xy = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        xx += (x[i] - meanX) * (x[i] - meanX);
        yy += (y[i] - meanY) * (y[i] - meanY);
        xy += (x[i] - meanX) * (y[i] - meanY);
    }
    const double scale = std::sqrt(xx) * std::sqrt(yy);
    if (!(scale > 0) || !std::isfinite(scale)) return std::nullopt;
    return std::clamp(xy / scale, -1.0, 1.0);
}

std::optional<double> percentileOverUsers(std::span<const std::int64_t> users, std::span<const double> scores,
                                          double percentile) {
    if (users.size() != scores.size())
        throw Error("percentile: {} users for {} scores, expected one a row", users.size(), scores.size());
    if (users.empty() || !allFinite(scores)) return std::nullopt;
    std::map<std::int64_t, std::pair<double, double>> sums; // user -> sum, count
    for (std::size_t row = 0; row < users.size(); ++row) {
        sums[users[row]].first += scores[row];
        sums[users[row]].second += 1;
    }
    std::vector<double> means;
    for (const auto& [user, sum] : sums)
        means.push_back(sum.first / sum.second);
    return percentileOf(means, percentile);
}

double percentileOf(std::span<const double> values, double percentile) {
    if (values.empty() || !(percentile >= 0 && percentile <= 100) || !allFinite(values))
        throw Error("percentile {} of {} values: expected 0 to 100 and finite values", percentile, values.size());
    std::vector<double> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    const double position = percentile / 100 * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(position);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return std::lerp(sorted[below], sorted[above], position - static_cast<double>(below));
}

} // namespace levi
