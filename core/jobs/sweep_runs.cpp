// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/sweep_runs.h"

#include "core/base/error.h"
#include "core/jobs/engine.h"
#include "core/jobs/finished_runs.h"
#include "core/jobs/run_recorder.h"
#include "core/jobs/study_runs.h"
#include "core/spec/halving.h"

namespace levi {
namespace {

// A sweep on a store, round by round.
class SweepRounds {
public:
    SweepRounds(RunStore& store, Engine& engine, const Sweep& sweep, const std::string& study, std::stop_token stop)
        : m_store(store),
          m_halving(sweep.halving),
          m_study(study),
          m_list(checkedList(sweep, engine, stop)),
          m_finished(store, engine, std::move(stop)) {
        const auto stated = study.empty() ? std::nullopt : store.study(study);
        if (!study.empty() && !stated) throw Error("the store has no study '{}'", study);
        if (stated) requireItsMetric(stated->plan, m_list.specs);
        m_isSealed = stated && stated->sealed;
        m_finished.nameParentsByCell(m_list.specs);
    }

    const SweepList& list() const { return m_list; }

    SweepRuns open(const TriedRuns& tried) {
        SweepRuns runs{.rounds = m_halving ? m_halving->epochs.size() : 1};
        for (std::vector<ExperimentSpec> settings = m_list.specs;; ++runs.round) {
            const auto round = m_halving ? roundOf(settings, *m_halving, runs.round) : settings;
            take(round, tried, runs);
            if (!runs.pending.empty() || runs.round + 1 == runs.rounds) return runs;
            settings = survivorsOf(settings, round);
            if (settings.empty()) return runs;
        }
    }

private:
    void take(const std::vector<ExperimentSpec>& round, const TriedRuns& tried, SweepRuns& runs) {
        runs.finished = 0;
        for (const ExperimentSpec& spec : round) {
            if (const auto run = finished(spec)) {
                ++runs.finished;
                if (!m_study.empty()) m_store.assign(run->id, m_study);
            } else if (!tried.contains({runName(spec), spec.seed})) {
                runs.pending.push_back(spec);
            }
        }
    }

    std::vector<ExperimentSpec> survivorsOf(const std::vector<ExperimentSpec>& settings,
                                            const std::vector<ExperimentSpec>& round) {
        const std::size_t seeds = seedsOf(m_list);
        const auto find = [this](const ExperimentSpec& spec) { return finished(spec); };
        std::vector<ExperimentSpec> next;
        for (const std::size_t place : goingOn(round, seeds, m_halving->keep, find))
            for (std::size_t seed = 0; seed < seeds; ++seed)
                next.push_back(settings[place * seeds + seed]);
        return next;
    }

    std::optional<RunSummary> finished(const ExperimentSpec& spec) {
        return m_finished.find(
            spec, [this](const RunSummary& run) { return m_study.empty() || countsFor(run, m_study, m_isSealed); });
    }

    RunStore& m_store;
    std::optional<Halving> m_halving;
    std::string m_study;
    bool m_isSealed = false;
    SweepList m_list;
    FinishedRuns m_finished;
};

} // namespace

SweepRuns beginSweep(RunStore& store, Engine& engine, const Sweep& sweep, const std::string& study,
                     const TriedRuns& tried, std::stop_token stop) {
    SweepRounds rounds(store, engine, sweep, study, std::move(stop));
    SweepRuns runs = rounds.open(tried);
    runs.tuningTrials = tuningTrials(sweep, rounds.list());
    return runs;
}

SweepPreview previewOf(const RunStore& store, Engine& engine, const Sweep& sweep,
                       const std::filesystem::path& cacheFolder, std::stop_token stop) {
    SweepList list = checkedList(sweep, engine, stop);
    FinishedRuns finished(store, engine, stop);
    finished.nameParentsByCell(list.specs);
    return previewOf(
        list, sweep.halving, finished, [&](const ExperimentSpec& spec) { return finished.find(spec); }, engine,
        cacheFolder, std::move(stop));
}

} // namespace levi
