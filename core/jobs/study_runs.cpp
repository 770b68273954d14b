// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/study_runs.h"

#include "core/base/error.h"
#include "core/jobs/engine.h"
#include "core/jobs/finished_runs.h"
#include "core/jobs/run_recorder.h"
#include "core/jobs/sweep_preview.h"
#include "core/report/metric_style.h"
#include "core/spec/data/target_options.h"
#include "core/spec/halving.h"

namespace levi {
namespace {

void requireNoProblems(const std::vector<Problem>& problems) {
    if (!problems.empty()) throw Error("{}: {}", problems.front().path, problems.front().message);
}

} // namespace

void requireItsMetric(const StudyPlan& plan, std::span<const ExperimentSpec> specs) {
    const bool ofNumbers = isOfNumbers(plan.metric);
    for (const ExperimentSpec& spec : specs)
        if (!spec.method.kind().method.isDerived && ofNumbers != predictsNumbers(spec))
            throw Error("study '{}': is judged by {}, and '{}' predicts {}; state another one, judged by {}", plan.name,
                        plan.metric, runName(spec), ofNumbers ? "classes" : "numbers", usualMetricOf(spec));
}

std::vector<Problem> problemsInFiles(const SweepList& list, Engine& engine, const std::stop_token& stop) {
    std::vector<Problem> problems;
    for (std::size_t first = 0; first < list.specs.size(); first += seedsOf(list))
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

SweepList checkedList(const Sweep& sweep, Engine& engine, const std::stop_token& stop) {
    SweepList list = listOf(sweep);
    requireNoProblems(list.problems);
    requireNoProblems(sweep.halving ? halvingProblems(list) : std::vector<Problem>{});
    requireNoProblems(problemsInFiles(list, engine, stop));
    return list;
}

StudyRuns beginStudy(RunStore& store, Engine& engine, const NamedStudy& study, bool sealed, std::stop_token stop) {
    SweepList list = checkedList(study.sweep, engine, stop);
    requireItsMetric(study.plan, list.specs);
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
