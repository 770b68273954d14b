// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/stats/metrics.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>

namespace levi {

// Predicted numbers (ratings) beside the true ones, a row each. groups may be empty.
struct RatingPredictions {
    std::span<const double> predicted;
    std::span<const double> target;
    std::span<const std::int64_t> groups = {};
};

// Everything is absent where a number is NaN or infinite, or where there is no row. Pearson is absent where either side
// is constant or has fewer than two rows; such groups do not count for the worst one.
struct RegressionMetrics {
    std::int64_t count = 0;
    std::optional<double> rmse;
    std::optional<double> mae;
    std::optional<double> pearson;
    std::optional<GroupScore> rmseWorstGroup;    // the largest
    std::optional<GroupScore> maeWorstGroup;     // the largest
    std::optional<GroupScore> pearsonWorstGroup; // the smallest
};

// Throws Error where sizes disagree.
RegressionMetrics regressionMetrics(const RatingPredictions& predictions);

// The keys of the store and of scripts: rmse mae pearson rmse_worst_group mae_worst_group pearson_worst_group. All are
// there, absent as nullopt.
std::map<std::string, std::optional<double>> metricsByKey(const RegressionMetrics& metrics);

std::optional<double> pearson(std::span<const double> x, std::span<const double> y);

// The percentile (0 to 100) of the users' mean score, interpolated linearly; a user is in once per row. WILDS reports
// the 10th percentile of accuracy over users. Absent where there is no row or a score is not finite.
std::optional<double> percentileOverUsers(std::span<const std::int64_t> users, std::span<const double> scores,
                                          double percentile);

// Linear interpolation between order statistics, as numpy does by default. Throws Error for an empty span.
double percentileOf(std::span<const double> values, double percentile);

} // namespace levi
