// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/sweep_preview.h"

#include "core/base/numbers.h"
#include "core/base/stopped.h"
#include "core/jobs/engine.h"
#include "core/jobs/finished_runs.h"
#include "core/jobs/run_recorder.h"
#include "core/spec/data/target_options.h"
#include "core/spec/halving.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace levi {
namespace {

// The typical one, those aside that went through the backbone first, if others are there.
std::optional<double> measuredSeconds(const std::vector<RunSummary>& runs) {
    std::vector<double> seconds;
    const bool someCached = std::ranges::any_of(runs, [](const RunSummary& run) { return run.backboneSamples == 0; });
    for (const RunSummary& run : runs)
        if (run.seconds > 0 && (!someCached || run.backboneSamples == 0)) seconds.push_back(run.seconds);
    if (seconds.empty()) return std::nullopt;
    std::ranges::nth_element(seconds, seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2));
    return seconds[seconds.size() / 2];
}

// Larger is better.
double idValScore(const RunSummary& run, const ExperimentSpec& spec) {
    const bool byNll = spec.train.selectBy == SelectBy::Nll && !predictsNumbers(spec);
    const std::string metric = byNll ? "nll" : usualMetricOf(spec);
    for (const MetricRow& row : run.metrics)
        if (row.role == "id_val" && row.domain.empty() && row.metric == metric && row.value)
            return metric == "accuracy" ? *row.value : -*row.value;
    return std::nan("");
}

std::string roundsNote(const SweepList& list, const Halving& halving) {
    const HalvingBudget budget = budgetOf(list, halving);
    return fmt::format("Successive halving: {} settings in rounds of {} epochs; {} epochs in all, {} without halving. "
                       "The table shows the first round.",
                       fmt::join(budget.settings, ", "), fmt::join(halving.epochs, ", "), budget.epochs,
                       budget.withoutHalving);
}

} // namespace

std::size_t seedsOf(const SweepList& list) {
    return std::max<std::size_t>(1, list.specs.size() / std::max<std::size_t>(1, list.settings));
}

SweepPreview previewOf(const SweepList& list, const std::optional<Halving>& halving, FinishedRuns& runs,
                       const FinishedRun& finished, Engine& engine, const std::filesystem::path& cacheFolder,
                       std::stop_token stop) {
    const auto specs = halving ? roundOf(list.specs, *halving, 0) : list.specs;
    SweepPreview preview{.settings = list.settings, .runs = specs.size()};
    std::set<std::string> charged; // feature passes
    std::int64_t untimed = 0;      // settings
    for (std::size_t first = 0; first < specs.size(); first += seedsOf(list)) {
        if (stop.stop_requested()) throw Stopped();
        const ExperimentSpec& spec = specs[first];
        SweepPreview::Row row{.setting = runName(spec), .method = spec.method.kind().key};
        for (std::size_t i = first; i < first + seedsOf(list); ++i) {
            row.seeds.push_back(specs[i].seed);
            row.done += finished(specs[i]) ? 1 : 0;
        }
        const auto open = static_cast<std::int64_t>(row.seeds.size()) - row.done;
        const CostEstimate cost =
            spec.method.kind().method.isDerived ? CostEstimate{} : engine.estimate(spec, cacheFolder, stop);
        const bool passes = !cost.featureKey.empty();
        const double pass = open > 0 && passes && charged.insert(cost.featureKey).second ? cost.featureSeconds : 0;
        row.parameters = static_cast<double>(cost.trainableParameters);
        row.runSeconds = measuredSeconds(runs.allOf(spec)).value_or(cost.seconds - (passes ? cost.featureSeconds : 0));
        row.leftSeconds = row.runSeconds * static_cast<double>(open) + pass;
        untimed += open > 0 && !spec.method.kind().method.isDerived && row.runSeconds <= 0 ? 1 : 0;
        preview.passSeconds += pass;
        preview.leftSeconds += row.leftSeconds;
        preview.rows.push_back(std::move(row));
    }
    if (list.repeated > 0)
        preview.notes.push_back(fmt::format("{} settings are equal to earlier ones and left out.", list.repeated));
    preview.notes.push_back(fmt::format(
        "What is left takes about {}, {} of it for features that the cache lacks: once for each backbone, data and "
        "view. Times are those of finished runs of the setting, where there are any; one run after another.",
        durationText(preview.leftSeconds), durationText(preview.passSeconds)));
    if (untimed > 0)
        preview.notes.push_back(
            fmt::format("Not in this time: {} of {} settings, whose pace only a finished run tells, "
                        "as on a GPU.",
                        untimed, preview.settings));
    if (halving) preview.notes.push_back(roundsNote(list, *halving));
    return preview;
}

std::vector<ExperimentSpec> goingOn(const std::vector<ExperimentSpec>& settings,
                                    const std::vector<ExperimentSpec>& round, std::size_t seeds, double keep,
                                    const FinishedRun& finished) {
    std::vector<HalvingScore> scores;
    for (std::size_t first = 0; first < round.size(); first += seeds) {
        double sum = 0;
        std::int64_t count = 0;
        for (std::size_t i = first; i < first + seeds; ++i)
            if (const auto run = finished(round[i])) sum += idValScore(*run, round[i]), ++count;
        scores.push_back({round[first].method.kind().key, count > 0 ? sum / static_cast<double>(count) : std::nan("")});
    }
    std::vector<ExperimentSpec> next;
    for (const std::size_t place : survivors(scores, keep))
        for (std::size_t seed = 0; seed < seeds; ++seed)
            next.push_back(settings[place * seeds + seed]);
    return next;
}

} // namespace levi
