// SPDX-License-Identifier: Apache-2.0
#include "core/report/seed_statistic.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <cmath>

namespace levi {
namespace {

double meanOf(std::span<const double> values) {
    double sum = 0;
    for (const double value : values)
        sum += value;
    return sum / static_cast<double>(values.size());
}

std::optional<double> halfWidthOf(const Estimate& estimate, Spread spread) {
    switch (spread) {
    case Spread::TInterval:
        return estimate.halfWidth();
    case Spread::StandardDeviation:
        return estimate.sd;
    case Spread::StandardError:
        return estimate.se;
    case Spread::DomainBedError:
        return estimate.sePopulation;
    case Spread::Bootstrap:
    case Spread::Wilson:
        break;
    }
    return std::nullopt;
}

std::optional<Interval> bootstrapOf(std::span<const double> values, const SeedStatistic& asked) {
    const auto statistic = [&](std::span<const double> drawn) {
        return asked.statistic == Statistic::Mean ? meanOf(drawn) : *interquartileMean(drawn);
    };
    return bcaInterval(values, statistic, {.level = asked.level});
}

std::string bracketText(const Interval& interval, const MetricStyle& style) {
    return fmt::format(" [{}, {}]", metricText(interval.low, style), metricText(interval.high, style));
}

std::string levelText(double level) {
    return fmt::format("{:g} %", 100 * level);
}

} // namespace

void requireSpreadOf(const SeedStatistic& asked) {
    if (asked.spread == Spread::Wilson)
        throw Error("Wilson's interval is that of one run's rows: `levi table --per-run --spread wilson` shows it");
    if (asked.statistic == Statistic::InterquartileMean && asked.spread != Spread::Bootstrap)
        throw Error("an interquartile mean has a bootstrap interval (bca) here and no other spread");
}

void requireSpreadOfRuns(const SeedStatistic& asked) {
    if (asked.statistic != Statistic::Mean)
        throw Error("a table of single runs (--per-run) has no statistic over seeds; leave --statistic out");
    if (asked.spread != Spread::TInterval && asked.spread != Spread::Wilson)
        throw Error("a table of single runs (--per-run) has no spread over seeds; leave --spread out, or give wilson, "
                    "the interval over a run's rows");
}

std::optional<Interval> spreadOf(std::span<const double> values, const SeedStatistic& asked) {
    if (asked.spread == Spread::Bootstrap) return bootstrapOf(values, asked);
    const auto estimate = meanWithTInterval(values, asked.level);
    const auto half = estimate ? halfWidthOf(*estimate, asked.spread) : std::nullopt;
    if (!half) return std::nullopt;
    return Interval{.low = estimate->mean - *half, .high = estimate->mean + *half};
}

Cell statisticCell(std::span<const double> values, const MetricStyle& style, const SeedStatistic& asked) {
    const auto estimate = meanWithTInterval(values, asked.level);
    if (!estimate) return missingCell();
    const double centre = asked.statistic == Statistic::Mean ? estimate->mean : *interquartileMean(values);
    std::string text = metricText(centre, style);
    std::optional<Interval> interval = estimate->interval;
    if (asked.spread == Spread::Bootstrap) {
        interval = bootstrapOf(values, asked);
        if (interval) text += bracketText(*interval, style);
    } else if (const auto half = halfWidthOf(*estimate, asked.spread)) {
        text += " ± " + metricText(*half, style);
    }
    Cell cell = numberCell(std::move(text), centre);
    cell.details = {{"low", interval ? std::optional(interval->low) : std::nullopt},
                    {"high", interval ? std::optional(interval->high) : std::nullopt},
                    {"sd", estimate->sd},
                    {"n", static_cast<double>(estimate->count)}};
    return cell;
}

Cell shareCell(double share, std::int64_t rows, const MetricStyle& style, double level) {
    Cell cell = numberCell(metricText(share, style), share);
    if (rows <= 0) return cell;
    const Interval interval = wilsonInterval(std::llround(share * static_cast<double>(rows)), rows, level);
    cell.text += bracketText(interval, style);
    cell.details = {{"low", interval.low}, {"high", interval.high}, {"rows", static_cast<double>(rows)}};
    return cell;
}

std::string_view statisticText(Statistic statistic) {
    return statistic == Statistic::Mean ? "mean" : "interquartile mean";
}

std::string spreadNote(const SeedStatistic& asked) {
    const bool isMean = asked.statistic == Statistic::Mean;
    switch (asked.spread) {
    case Spread::TInterval:
        return fmt::format("± is half the width of the {} t-interval of the mean over seeds; n is the number of seeds.",
                           levelText(asked.level));
    case Spread::StandardDeviation:
        return "± is the standard deviation over seeds (n - 1); n is the number of seeds.";
    case Spread::StandardError:
        return "± is the standard error of the mean over seeds; n is the number of seeds.";
    case Spread::DomainBedError:
        return "± is DomainBed's error, the population standard deviation over sqrt(n); n is the number of seeds.";
    case Spread::Bootstrap:
        return fmt::format("{}In brackets: its {} BCa bootstrap interval over seeds; n is the number of seeds.",
                           isMean ? "" : "Interquartile means: of the middle half of the seeds. ",
                           levelText(asked.level));
    case Spread::Wilson:
        return fmt::format("In brackets: Wilson's {} interval of the share of rows that the run gets right; it says "
                           "nothing of other seeds.",
                           levelText(asked.level));
    }
    return {};
}

} // namespace levi
