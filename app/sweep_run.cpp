// SPDX-License-Identifier: Apache-2.0
#include "app/sweep_run.h"

#include "app/invalid_spec.h"
#include "app/run_batch.h"
#include "app/run_selection.h"
#include "app/verbs.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/numbers.h"
#include "core/jobs/engine.h"
#include "core/jobs/engine_loader.h"
#include "core/jobs/run_recorder.h"
#include "core/jobs/study_runs.h"
#include "core/spec/data/target_options.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace levi {
namespace {

bool isDerived(const ExperimentSpec& spec) {
    return spec.method.kind().method.isDerived;
}

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

Cell secondsCell(double value) {
    return value > 0 ? numberCell(durationText(value), value) : missingCell();
}

} // namespace

Part partOf(const std::string& text) {
    Part part;
    const char* end = text.data() + text.size();
    const auto first = std::from_chars(text.data(), end, part.number);
    const bool hasSlash = first.ec == std::errc() && first.ptr != end && *first.ptr == '/';
    const auto second = hasSlash ? std::from_chars(first.ptr + 1, end, part.count) : first;
    if (!hasSlash || second.ec != std::errc() || second.ptr != end || part.number < 1 || part.number > part.count)
        throw Error("found '{}', expected K/N with 1 <= K <= N, such as 1/3", text);
    return part;
}

SweepRun::SweepRun(SweepList list, SweepRunOptions options)
    : m_list(std::move(list)),
      m_options(std::move(options)),
      m_store(m_options.store),
      m_finished(m_store, engine(), m_stop.token()) {
    if (!m_options.useCache) engine().setCacheFolder({}); // looking at the data leaves nothing behind either
    checkFiles();
    const auto study = m_store.study(m_options.study);
    m_studyIsSealed = study && study->sealed;
    m_finished.nameParentsByCell(m_list.specs);
}

std::size_t SweepRun::seedCount() const {
    return std::max<std::size_t>(1, m_list.specs.size() / std::max<std::size_t>(1, m_list.settings));
}

// Problems in files and devices, of each setting: before the first run, not in the middle of the night.
void SweepRun::checkFiles() const {
    std::vector<Problem> problems = m_options.halving ? halvingProblems(m_list) : std::vector<Problem>{};
    std::ranges::move(problemsInFiles(m_list, engine(), m_stop.token()), std::back_inserter(problems));
    if (!problems.empty()) throw InvalidSpec(m_options.source, problems);
}

// Otherwise such a setting is run again for this study.
bool SweepRun::counts(const RunSummary& run) const {
    return m_options.study.empty() || countsFor(run, m_options.study, m_studyIsSealed);
}

std::optional<RunSummary> SweepRun::finished(const ExperimentSpec& spec) {
    return m_finished.find(spec, [&](const RunSummary& run) {
        return counts(run) && (!m_options.ownNamesOnly || run.name == runName(spec));
    });
}

int SweepRun::preview() {
    if (m_options.halving) m_list.specs = roundOf(m_list.specs, *m_options.halving, 0);
    Table table;
    table.caption = fmt::format("{} settings, {} runs", m_list.settings, m_list.specs.size());
    table.columns = {{"setting"},
                     {"method"},
                     {"seeds"},
                     {"done", Align::Right},
                     {"parameters", Align::Right},
                     {"a run takes about", Align::Right},
                     {"what is left", Align::Right}};
    double left = 0;
    for (std::size_t first = 0; first < m_list.specs.size(); first += seedCount())
        table.rows.push_back(previewRow(first, left));
    table.notes = previewNotes(left);
    fmt::print("{}", m_options.json ? toJson(table) + "\n" : toPlainText(table));
    return kDone;
}

double SweepRun::passSeconds(const CostEstimate& cost, std::int64_t open) {
    if (open == 0 || cost.featureKey.empty() || !m_charged.insert(cost.featureKey).second) return 0;
    m_passSeconds += cost.featureSeconds;
    return cost.featureSeconds;
}

std::vector<Cell> SweepRun::previewRow(std::size_t first, double& left) {
    const ExperimentSpec& spec = m_list.specs[first];
    std::vector<std::uint64_t> seeds;
    std::int64_t done = 0;
    for (std::size_t i = first; i < first + seedCount(); ++i) {
        seeds.push_back(m_list.specs[i].seed);
        done += finished(m_list.specs[i]) ? 1 : 0;
    }
    const std::int64_t open = static_cast<std::int64_t>(seeds.size()) - done;
    const CostEstimate cost = isDerived(spec)
                                  ? CostEstimate{}
                                  : engine().estimate(spec, m_options.useCache ? cacheHome() : "", m_stop.token());
    const double reckoned = cost.seconds - (cost.featureKey.empty() ? 0 : cost.featureSeconds);
    const double seconds = measuredSeconds(m_finished.allOf(spec)).value_or(reckoned);
    const double rest = seconds * static_cast<double>(open) + passSeconds(cost, open);
    left += rest;
    const auto parameters = static_cast<double>(cost.trainableParameters);
    return {textCell(runName(spec)),
            textCell(spec.method.kind().key),
            textCell(seedsText(seeds)),
            integerCell(done),
            parameters > 0 ? numberCell(countText(parameters), parameters) : missingCell(),
            secondsCell(seconds),
            secondsCell(rest)};
}

std::vector<std::string> SweepRun::previewNotes(double left) const {
    std::vector<std::string> notes;
    if (m_list.repeated > 0)
        notes.push_back(fmt::format("{} settings are equal to earlier ones and left out.", m_list.repeated));
    notes.push_back(fmt::format(
        "What is left takes about {}, {} of it for features that the cache lacks: once for each "
        "backbone, data and view. Times are those of finished runs of the setting, where there "
        "are any{}.",
        durationText(left), durationText(m_passSeconds), m_options.atOnce > 1 ? ", one run after another" : ""));
    if (!m_options.halving) return notes;
    const HalvingBudget budget = budgetOf(m_list, *m_options.halving);
    notes.push_back(fmt::format("Successive halving: {} settings in rounds of {} epochs; {} epochs in all, {} without "
                                "halving. The table shows the first round.",
                                fmt::join(budget.settings, ", "), fmt::join(m_options.halving->epochs, ", "),
                                budget.epochs, budget.withoutHalving));
    return notes;
}

int SweepRun::run() {
    announceStudy(m_options.store, m_options.study, m_list.specs);
    return m_options.halving ? runRounds() : runAll();
}

int SweepRun::runAll() {
    Specs own;
    for (std::size_t i = 0; i < m_list.specs.size(); ++i)
        if (i % m_options.part.count == m_options.part.number - 1) own.push_back(m_list.specs[i]);
    return runPending(std::move(own));
}

int SweepRun::runRounds() {
    Specs settings = m_list.specs;
    int code = kDone;
    for (std::size_t number = 0; number < m_options.halving->epochs.size(); ++number) {
        const Specs round = roundOf(settings, *m_options.halving, number);
        Specs own;
        for (std::size_t i = 0; i < round.size(); ++i)
            if (i % m_options.part.count == m_options.part.number - 1) own.push_back(round[i]);
        if (const int ended = runPending(own); ended != kDone) code = ended;
        if (code == kCancelled) return code;
        m_finished.refresh();
        if (number + 1 == m_options.halving->epochs.size()) break;
        Specs next;
        for (const std::size_t place : goingOn(round))
            for (std::size_t seed = 0; seed < seedCount(); ++seed)
                next.push_back(settings[place * seedCount() + seed]);
        if (next.empty()) return code;
        settings = std::move(next);
    }
    return code;
}

// Where another process has its part of the round, nobody goes on before it is done.
std::vector<std::size_t> SweepRun::goingOn(const Specs& round) {
    std::vector<HalvingScore> scores;
    for (std::size_t first = 0; first < round.size(); first += seedCount()) {
        double sum = 0;
        std::int64_t count = 0;
        for (std::size_t i = first; i < first + seedCount(); ++i) {
            const auto run = finished(round[i]);
            if (!run && m_options.part.count > 1) {
                fmt::print(stderr, "levi: other parts of this round are not finished; call again when they are\n");
                return {};
            }
            if (run) sum += idValScore(*run, round[i]), ++count;
        }
        scores.push_back({round[first].method.kind().key, count > 0 ? sum / static_cast<double>(count) : std::nan("")});
    }
    return survivors(scores, m_options.halving->keep);
}

bool SweepRun::tellFinished(const ExperimentSpec& spec) {
    const auto run = finished(spec);
    if (!run) return false;
    if (!m_options.study.empty()) m_store.assign(run->id, m_options.study);
    if (m_options.json) printRun(*run, true);
    m_runs.push_back(*run);
    return true;
}

// Round by round, since the parents of some are others of them. A run that fails stops no other one.
int SweepRun::runPending(Specs specs) {
    for (int code = kDone;;) {
        Specs ready;
        std::erase_if(specs, [&](const ExperimentSpec& spec) {
            if (tellFinished(spec)) return true;
            if (!m_finished.hasParents(spec)) return false;
            ready.push_back(spec);
            return true;
        });
        if (ready.empty()) return specs.empty() ? code : std::max(code, waitFor(specs));
        const auto result = runBatch(ready, {.storeFile = m_options.store,
                                             .useCache = m_options.useCache,
                                             .study = m_options.study,
                                             .tuningTrials = m_options.tuningTrials,
                                             .atOnce = m_options.atOnce,
                                             .json = m_options.json});
        m_runs.insert(m_runs.end(), result.runs.begin(), result.runs.end());
        if (result.exitCode == kCancelled) return kCancelled;
        code = std::max(code, result.exitCode);
        m_finished.refresh();
    }
}

// Other parts may be at work on the parents; alone, nobody is.
int SweepRun::waitFor(const Specs& specs) const {
    const bool alone = m_options.part.count == 1;
    fmt::print(stderr, "levi: {} of the runs need others that are not finished, the first is '{}', seed {}; {}\n",
               specs.size(), runName(specs.front()), specs.front().seed,
               alone ? "nothing in this list makes them" : "call the sweep again when the other parts are done");
    return alone ? kFailed : kDone;
}

} // namespace levi
