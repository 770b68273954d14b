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
#include "core/jobs/sweep_preview.h"
#include "core/report/table.h"

#include <algorithm>
#include <charconv>

namespace levi {
namespace {

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
    m_studyIsSealed = study ? study->sealed : m_options.isSealed;
    m_finished.nameParentsByCell(m_list.specs);
    if (!m_options.hasOneBasis) return;
    if (const auto problems = otherSettings(m_finished, m_list.specs, m_options.study); !problems.empty())
        throw InvalidSpec(m_options.source, problems);
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
    return m_finished.find(spec, [this](const RunSummary& run) { return counts(run); });
}

int SweepRun::preview() {
    const SweepPreview preview = previewOf(
        m_list, m_options.halving, m_finished, [this](const ExperimentSpec& spec) { return finished(spec); }, engine(),
        m_options.useCache ? cacheHome() : "", m_stop.token());
    Table table;
    table.caption = fmt::format("{} settings, {} runs", preview.settings, preview.runs);
    table.columns = {{"setting"},
                     {"method"},
                     {"seeds"},
                     {"done", Align::Right},
                     {"parameters", Align::Right},
                     {"a run takes about", Align::Right},
                     {"what is left", Align::Right}};
    for (const SweepPreview::Row& row : preview.rows)
        table.rows.push_back(
            {textCell(row.setting), textCell(row.method), textCell(seedsText(row.seeds)), integerCell(row.done),
             row.parameters > 0 ? numberCell(countText(row.parameters), row.parameters) : missingCell(),
             secondsCell(row.runSeconds), secondsCell(row.leftSeconds)});
    table.notes = preview.notes;
    fmt::print("{}", m_options.json ? toJson(table) + "\n" : toPlainText(table));
    return kDone;
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
        Specs next = goingOn(settings, round);
        if (next.empty()) return code;
        settings = std::move(next);
    }
    return code;
}

// Where another process has its part of the round, nobody goes on before it is done.
SweepRun::Specs SweepRun::goingOn(const Specs& settings, const Specs& round) {
    const auto find = [this](const ExperimentSpec& spec) { return finished(spec); };
    const bool isDone = m_options.part.count == 1 ||
                        std::ranges::all_of(round, [&](const ExperimentSpec& spec) { return find(spec).has_value(); });
    if (isDone) return levi::goingOn(settings, round, seedsOf(m_list), m_options.halving->keep, find);
    fmt::print(stderr, "levi: other parts of this round are not finished; call again when they are\n");
    return {};
}

bool SweepRun::tellFinished(const ExperimentSpec& spec) {
    auto run = finished(spec);
    if (!run) return false;
    if (!m_options.study.empty()) {
        m_store.assign(run->id, m_options.study, runName(spec));
        run = m_store.run(run->id);
    }
    if (m_options.json) printRun(*run, true);
    if (m_options.study.empty()) { // the table is that of the list
        run->name = runName(spec);
        run->nameInStudy.clear();
    }
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
        m_finished.nameParentsByCell(specs, m_list.specs);
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
