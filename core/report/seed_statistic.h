// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/report/metric_style.h"
#include "core/report/table.h"
#include "core/stats/intervals.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace levi {

// What a cell says of the figures of several seeds.
enum class Statistic { Mean, InterquartileMean };

// What stands behind it: different things, and the note below the table names the one. DomainBed's error is the
// population standard deviation over sqrt(n). Bootstrap: the BCa interval, in brackets, for it is seldom symmetrical.
// Wilson: of one run, the interval of a share of its rows.
enum class Spread { TInterval, StandardDeviation, StandardError, DomainBedError, Bootstrap, Wilson };

struct SeedStatistic {
    Statistic statistic = Statistic::Mean;
    Spread spread = Spread::TInterval;
    double level = 0.95; // of the intervals
};

// Throws Error for a spread that the statistic does not have: an interquartile mean has a bootstrap interval or none
// here, and Wilson's interval is of rows, not of seeds.
void requireSpreadOf(const SeedStatistic& asked);
// The same of single runs, which have Wilson's interval or none; Spread::TInterval, the default, counts as none.
void requireSpreadOfRuns(const SeedStatistic& asked);

// Both ends of what is asked for, around the mean but for a bootstrap interval; absent for too few values, where all
// resamples agree, and for Spread::Wilson, which is not of seeds.
std::optional<Interval> spreadOf(std::span<const double> values, const SeedStatistic& asked);

// "65.6 ± 1.7", "65.6 [64.1, 67.0]"; an en dash without a value. Raw values: the statistic, and as details low, high
// (of the bootstrap interval where it is asked for, else of the t-interval), sd, n.
Cell statisticCell(std::span<const double> values, const MetricStyle& style, const SeedStatistic& asked);

// "65.6 [63.2, 67.9]": of one run's share of so many rows.
Cell shareCell(double share, std::int64_t rows, const MetricStyle& style, double level);

std::string_view statisticText(Statistic statistic); // "mean", "interquartile mean"

// A sentence: what stands behind the numbers.
std::string spreadNote(const SeedStatistic& asked);

} // namespace levi
