// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/sweep_runs.h"

#include "core/base/error.h"
#include "core/base/stopped.h"
#include "core/jobs/engine.h"
#include "core/jobs/finished_runs.h"
#include "core/jobs/run_recorder.h"
#include "core/jobs/study_runs.h"
#include "core/spec/halving.h"

namespace levi {
namespace {

// A list and the runs of a store that count for it, in a study or in none.
class SweepOnStore {
public:
    SweepOnStore(const RunStore& store, Engine& engine, const Sweep& sweep, const std::string& study,
                 const std::stop_token& stop)
        : m_study(study), m_list(checkedList(sweep, engine, stop)), m_finished(store, engine, stop) {
        const auto stated = study.empty() ? std::nullopt : store.study(study);
        if (!study.empty() && !stated) throw Error("the store has no study '{}'", study);
        if (stated) requireItsMetric(stated->plan, m_list.specs);
        m_isSealed = stated && stated->sealed;
        m_finished.nameParentsByCell(m_list.specs);
    }

    const SweepList& list() const { return m_list; }
    FinishedRuns& runs() { return m_finished; }

    std::optional<RunSummary> finished(const ExperimentSpec& spec) {
        return m_finished.find(
            spec, [this](const RunSummary& run) { return m_study.empty() || countsFor(run, m_study, m_isSealed); });
    }

private:
    std::string m_study;
    bool m_isSealed = false;
    SweepList m_list;
    FinishedRuns m_finished;
};

} // namespace

SweepRuns beginSweep(RunStore& store, Engine& engine, const Sweep& sweep, const std::string& study,
                     const TriedRuns& tried, std::stop_token stop) {
    SweepOnStore on(store, engine, sweep, study, stop);
    const auto& halving = sweep.halving;
    const auto finished = [&](const ExperimentSpec& spec) { return on.finished(spec); };
    SweepRuns runs{.rounds = halving ? halving->epochs.size() : 1, .tuningTrials = tuningTrials(sweep, on.list())};
    for (std::vector<ExperimentSpec> settings = on.list().specs;; ++runs.round) {
        const auto round = halving ? roundOf(settings, *halving, runs.round) : settings;
        runs.finished = 0;
        for (const ExperimentSpec& spec : round) {
            if (stop.stop_requested()) throw Stopped();
            if (const auto run = finished(spec)) {
                ++runs.finished;
                if (!study.empty()) store.assign(run->id, study, runName(spec));
            } else if (!tried.contains({runName(spec), spec.seed})) {
                runs.pending.push_back(spec);
            }
        }
        if (!runs.pending.empty() || runs.round + 1 == runs.rounds) return runs;
        settings = goingOn(settings, round, seedsOf(on.list()), halving->keep, finished);
        if (settings.empty()) return runs;
    }
}

SweepPreview previewOf(const RunStore& store, Engine& engine, const Sweep& sweep, const std::string& study,
                       const std::filesystem::path& cacheFolder, std::stop_token stop) {
    SweepOnStore on(store, engine, sweep, study, stop);
    return previewOf(
        on.list(), sweep.halving, on.runs(), [&](const ExperimentSpec& spec) { return on.finished(spec); }, engine,
        cacheFolder, std::move(stop));
}

} // namespace levi
