// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/study_runs.h"

#include "core/base/error.h"
#include "core/base/numbers.h"
#include "core/base/stopped.h"
#include "core/jobs/engine.h"
#include "core/jobs/finished_runs.h"
#include "core/jobs/run_recorder.h"
#include "core/jobs/sweep_preview.h"
#include "core/report/metric_style.h"
#include "core/spec/data/target_options.h"
#include "core/spec/halving.h"
#include "core/spec/spec_json.h"

#include <algorithm>
#include <map>

namespace levi {
namespace {

void requireNoProblems(const std::vector<Problem>& problems) {
    if (!problems.empty()) throw Error("{}: {}", problems.front().path, problems.front().message);
}

// "train.epochs 25, here 1"; paths may be the same and lead to other content.
std::string differenceText(const ExperimentSpec& spec, const RunSummary& run) {
    std::string text;
    ExperimentSpec stored = specFromText(run.specJson).spec;
    for (const SpecDifference& difference : differences(stored, spec)) {
        const auto rows = fieldRows(spec);
        const auto row = std::ranges::find(rows, difference.path, &FieldRow::path);
        if (row != rows.end() && row->info.hashed)
            text +=
                fmt::format("{}{} {}, here {}", text.empty() ? "" : "; ", difference.path, difference.a, difference.b);
    }
    return text.empty() ? "with other content of its files" : text;
}

} // namespace

std::string whyNoMetric(const ExperimentSpec& spec, const std::string& metric) {
    const auto isNamed = [&](std::string_view field) {
        const auto rows = fieldRows(spec, section("data"));
        const auto row = std::ranges::find(rows, field, &FieldRow::path);
        return row != rows.end() && !row->value.empty() && row->value != "";
    };
    if (spec.method.kind().method.isDerived) return {};
    if (isOfNumbers(metric) != predictsNumbers(spec))
        return predictsNumbers(spec) ? "predicts numbers" : "predicts classes";
    if (metric == "user_p10" && !isNamed("data.user")) return "names no column of users (data.user)";
    if (metric == "adjusted_average" && !isNamed("data.groups")) return "names no columns of groups (data.groups)";
    return {};
}

void requireItsMetric(const StudyPlan& plan, std::span<const ExperimentSpec> specs) {
    for (const ExperimentSpec& spec : specs)
        if (const std::string why = whyNoMetric(spec, plan.metric); !why.empty())
            throw Error("study '{}': is judged by {}, and '{}' {}; state another one, judged by {}", plan.name,
                        plan.metric, runName(spec), why, usualMetricOf(spec));
}

std::vector<Problem> problemsInFiles(const SweepList& list, Engine& engine, const std::stop_token& stop) {
    std::vector<Problem> problems;
    for (std::size_t first = 0; first < list.specs.size(); first += seedsOf(list)) {
        if (stop.stop_requested()) throw Stopped();
        for (Problem& problem : engine.problems(list.specs[first], stop)) {
            problem.message += fmt::format(" (setting '{}')", runName(list.specs[first]));
            problems.push_back(std::move(problem));
        }
    }
    return problems;
}

bool countsFor(const RunSummary& run, const std::string& study, bool isSealed) {
    return run.study == study || (run.study.empty() && !isSealed);
}

std::vector<Problem> contradictions(const StudyRecord& stated, const StudyPlan& asked, bool sealed) {
    const StudyPlan& plan = stated.plan;
    std::vector<Problem> problems;
    const auto tell = [&](const char* field, const std::string& states) {
        problems.push_back({field, fmt::format("the store has a study '{}' that {}; go on with it as it is, or give "
                                               "this one another name",
                                               plan.name, states)});
    };
    if (plan.family != asked.family || plan.endpoint != asked.endpoint) tell("family", "states other comparisons");
    if (plan.metric != asked.metric)
        tell("metric", fmt::format("is judged by {}, not by {}", plan.metric, asked.metric));
    if (plan.rule != asked.rule)
        tell("rule", fmt::format("picks candidates by {}, not by {}", nameOf(plan.rule), nameOf(asked.rule)));
    if (!asked.seeds.empty() && !plan.seeds.empty() && plan.seeds != asked.seeds)
        tell("seeds", fmt::format("states the seeds {}, not {}", seedsText(plan.seeds), seedsText(asked.seeds)));
    if (asked.margin && plan.margin != asked.margin)
        tell("margin",
             fmt::format("states {}, not {}", plan.margin ? fmt::format("the margin {}", *plan.margin) : "no margin",
                         *asked.margin));
    if (sealed && !stated.sealed)
        tell("sealed", stated.unsealedUnixSeconds ? "has been unsealed" : "was stated without a seal");
    return problems;
}

void stateStudy(RunStore& store, const StudyPlan& plan, bool sealed) {
    const auto known = store.study(plan.name);
    if (!known) return store.createStudy(plan, sealed);
    requireNoProblems(contradictions(*known, plan, sealed));
}

SweepList checkedList(const Sweep& sweep, Engine& engine, const std::stop_token& stop) {
    SweepList list = listOf(sweep);
    requireNoProblems(list.problems);
    requireNoProblems(sweep.halving ? halvingProblems(list) : std::vector<Problem>{});
    requireNoProblems(problemsInFiles(list, engine, stop));
    return list;
}

std::vector<Problem> otherSettings(FinishedRuns& runs, std::span<const ExperimentSpec> specs,
                                   const std::string& study) {
    std::map<std::string, const RunSummary*> known; // by name
    for (const RunSummary& run : runs.all())
        if (run.study == study && run.state == RunState::Done) known[settingName(run)] = &run;
    std::vector<Problem> problems;
    for (const ExperimentSpec& spec : specs) {
        const auto run = known.find(runName(spec));
        if (run == known.end() || spec.method.kind().method.isDerived) continue;
        if (const std::string cell = runs.cellOf(spec); cell.empty() || cell == run->second->cell) continue;
        problems.push_back({run->first, fmt::format("the study '{}' has it as another setting ({}); a study has one "
                                                    "basis, give this one another name",
                                                    study, differenceText(spec, *run->second))});
        known.erase(run); // once for all its seeds
    }
    return problems;
}

StudyRuns beginStudy(RunStore& store, Engine& engine, const NamedStudy& study, bool sealed, std::stop_token stop) {
    SweepList list = checkedList(study.sweep, engine, stop);
    requireItsMetric(study.plan, list.specs);
    stateStudy(store, study.plan, sealed);
    const bool isSealed = store.study(study.plan.name)->sealed;
    FinishedRuns finished(store, engine, std::move(stop));
    finished.nameParentsByCell(list.specs);
    requireNoProblems(otherSettings(finished, list.specs, study.plan.name));
    StudyRuns runs;
    for (ExperimentSpec& spec : list.specs) {
        const auto run =
            finished.find(spec, [&](const RunSummary& one) { return countsFor(one, study.plan.name, isSealed); });
        if (!run) {
            runs.pending.push_back(std::move(spec));
            continue;
        }
        store.assign(run->id, study.plan.name, runName(spec));
        ++runs.finished;
    }
    return runs;
}

} // namespace levi
