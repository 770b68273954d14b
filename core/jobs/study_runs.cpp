// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/study_runs.h"

#include "core/base/error.h"
#include "core/jobs/engine.h"
#include "core/jobs/finished_runs.h"
#include "core/jobs/run_recorder.h"

#include <algorithm>

namespace levi {
std::vector<Problem> problemsInFiles(const SweepList& list, Engine& engine, const std::stop_token& stop) {
    const std::size_t seeds = std::max<std::size_t>(1, list.specs.size() / std::max<std::size_t>(1, list.settings));
    std::vector<Problem> problems;
    for (std::size_t first = 0; first < list.specs.size(); first += seeds)
        for (Problem& problem : engine.problems(list.specs[first], stop)) {
            problem.message += fmt::format(" (setting '{}')", runName(list.specs[first]));
            problems.push_back(std::move(problem));
        }
    return problems;
}

bool countsFor(const RunSummary& run, const std::string& study, bool isSealed) {
    return run.study == study || (run.study.empty() && !isSealed);
}

void stateStudy(RunStore& store, const StudyPlan& plan, bool sealed) {
    const auto known = store.study(plan.name);
    if (!known) return store.createStudy(plan, sealed);
    if (known->plan.family != plan.family || known->plan.endpoint != plan.endpoint)
        throw Error("the store has a study '{}' that states other comparisons; give this one another name", plan.name);
}

StudyRuns beginStudy(RunStore& store, Engine& engine, const NamedStudy& study, bool sealed, std::stop_token stop) {
    SweepList list = listOf(study.sweep);
    if (list.problems.empty()) list.problems = problemsInFiles(list, engine, stop);
    if (!list.problems.empty()) throw Error("{}: {}", list.problems.front().path, list.problems.front().message);
    stateStudy(store, study.plan, sealed);
    const bool isSealed = store.study(study.plan.name)->sealed;
    FinishedRuns finished(store, engine, std::move(stop));
    finished.nameParentsByCell(list.specs);
    StudyRuns runs;
    for (ExperimentSpec& spec : list.specs) {
        const auto run = finished.find(spec, [&](const RunSummary& one) {
            return one.name == runName(spec) && countsFor(one, study.plan.name, isSealed);
        });
        if (!run) {
            runs.pending.push_back(std::move(spec));
            continue;
        }
        store.assign(run->id, study.plan.name);
        ++runs.finished;
    }
    return runs;
}

} // namespace levi
