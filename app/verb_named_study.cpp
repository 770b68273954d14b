// SPDX-License-Identifier: Apache-2.0
#include "app/checked_by.h"
#include "app/invalid_spec.h"
#include "app/looks.h"
#include "app/margin_option.h"
#include "app/named_study.h"
#include "app/run_json.h"
#include "app/run_selection.h"
#include "app/spec_arguments.h"
#include "app/store_lookup.h"
#include "app/sweep_run.h"
#include "core/base/error.h"
#include "core/base/numbers.h"
#include "core/jobs/data_info.h"
#include "core/jobs/engine.h"
#include "core/jobs/engine_loader.h"
#include "core/jobs/named_studies.h"
#include "core/jobs/study_runs.h"
#include "core/report/efficiency_table.h"
#include "core/report/results_table.h"
#include "core/report/store_rows.h"
#include "core/report/study_page.h"
#include "core/spec/backbones/backbone_options.h"
#include "core/spec/spec_hash.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <map>
#include <memory>
#include <numeric>

namespace levi {
namespace {

struct NamedStudyArguments {
    std::filesystem::path file, store; // file: of the spec; the premise has none
    SpecArguments spec;
    std::string name, part = "1/1"; // name: another one than the study's own
    std::optional<double> margin;
    bool sealed = false, preview = false, noCache = false, json = false;
};
using MakeStudy = NamedStudy (*)(const NamedStudyArguments&);

NamedStudy premise(const NamedStudyArguments&) {
    NamedStudy study = premiseStudy();
    study.sweep.folder = std::filesystem::current_path();
    return study;
}

NamedStudy ablation(const NamedStudyArguments& arguments) {
    const ExperimentSpec base = validSpec(arguments.file, arguments.spec.assignments);
    const BackboneInfo info = engine().inspectBackbone(backboneOptions(base).path);
    try {
        return ablationStudy(base, static_cast<int>(info.depth));
    } catch (const Error& error) {
        throw InvalidSpec(arguments.file.string(), {{"", error.what()}});
    }
}

// Methods that compare training domains need at least two.
NamedStudy efficiency(const NamedStudyArguments& arguments) {
    const ExperimentSpec base = validSpec(arguments.file, arguments.spec.assignments);
    const StopOnInterrupt stop;
    bool hasGroups = false;
    for (const RoleInfo& role : engine().inspectData(base, stop.token()).roles)
        if (role.role == "train") hasGroups = role.rowsPerDomain.size() > 1;
    return efficiencyStudy(base, hasGroups);
}

// Settings that --set has made one: what it sets is what the study varies.
std::vector<Problem> equalSettings(const SweepList& list) {
    std::map<std::string, std::string> names; // by the setting
    for (const ExperimentSpec& spec : list.specs) {
        if (spec.method.kind().method.isDerived) continue;
        const auto [known, isNew] = names.emplace(canonicalText(spec, {}), spec.name);
        if (!isNew && known->second != spec.name)
            return {{"--set", fmt::format("makes '{}' and '{}' one setting, and the study is about what tells them "
                                          "apart; leave that field to it",
                                          known->second, spec.name)}};
    }
    return {};
}

SweepList listedIn(const NamedStudy& study, const NamedStudyArguments& arguments) {
    SweepList list = listOf(study.sweep);
    const std::string source = "levi study " + study.plan.name;
    if (!list.problems.empty()) throw InvalidSpec(source, list.problems);
    if (!arguments.file.empty() || arguments.spec.assignments.empty()) return list;
    for (ExperimentSpec& spec : list.specs)
        if (!spec.method.kind().method.isDerived) assign(spec, arguments.spec.assignments);
    if (const auto problems = equalSettings(list); !problems.empty()) throw InvalidSpec(source, problems);
    return list;
}

std::vector<Table> tablesOf(const StudyPlan& plan, const std::vector<ResultRow>& rows) {
    std::vector<Table> tables = studyPage(plan, rows).tables;
    tables.push_back(comparisonsTable(plan, rows));
    ResultsTable results = resultsTable(rows);
    addEfficiencyColumns(results, rows);
    tables.push_back(std::move(results.table));
    return tables;
}

void printTables(const StudyPlan& plan, const NamedStudyArguments& arguments) {
    const SelectedRuns selected = selectRuns({.store = arguments.store, .study = plan.name, .rule = {}});
    const auto rows = resultRows(selected.runs);
    Json all = Json::array();
    for (const Table& table : tablesOf(plan, rows))
        if (arguments.json)
            all.push_back(Json::parse(toJson(table)));
        else
            fmt::print("\n{}", toPlainText(table));
    if (arguments.json) printJson({{"study", plan.name}, {"tables", std::move(all)}});
    noteLook(arguments.store, selected.runs, "levi study");
}

// As many as its comparisons need, where nobody says another number.
std::vector<std::uint64_t> seedsFor(const StudyPlan& plan) {
    std::vector<std::uint64_t> seeds(static_cast<std::size_t>(seedsNeeded(plan)));
    std::iota(seeds.begin(), seeds.end(), std::uint64_t{0});
    return seeds;
}

// As it is asked for; or as the store has it, where nothing that is asked for contradicts that.
StudyPlan planOf(const RunStore& store, StudyPlan plan, const NamedStudyArguments& arguments) {
    if (!arguments.name.empty()) plan.name = arguments.name;
    if (!arguments.spec.seeds.empty()) plan.seeds = parseSeeds(arguments.spec.seeds);
    plan.margin = arguments.margin;
    if (const auto known = store.study(plan.name)) {
        if (const auto problems = contradictions(*known, plan, arguments.sealed); !problems.empty())
            throw InvalidSpec("levi study", problems);
        plan = known->plan;
    }
    if (plan.seeds.empty()) plan.seeds = seedsFor(plan);
    return plan;
}

// On stderr: what is said before the runs is of use.
void warnOfFewSeeds(const StudyPlan& plan) {
    const std::int64_t needed = seedsNeeded(plan), given = static_cast<std::int64_t>(plan.seeds.size());
    const auto primary = plan.comparisons(false).size();
    if (given >= needed || primary == 0) return;
    fmt::print(stderr,
               "levi: {} comparisons at {} seeds: no difference can be shown at {:g} before there are {} seeds, and "
               "what a study states is not changed later\n",
               primary, given, kStudyAlpha, needed);
}

int carryOut(NamedStudy study, const NamedStudyArguments& arguments) {
    SweepList list;
    {
        RunStore store(arguments.store);
        study.plan = planOf(store, std::move(study.plan), arguments);
        study.sweep.seeds = study.plan.seeds;
        warnOfFewSeeds(study.plan);
        for (const std::string& sentence : study.leftOut)
            fmt::print(stderr, "levi: left out: {}\n", sentence);
        list = listedIn(study, arguments);
    }
    SweepRunOptions options{.store = arguments.store,
                            .source = "levi study " + study.plan.name,
                            .study = study.plan.name,
                            .part = partOf(arguments.part),
                            .tuningTrials = {}, // nothing is tuned here
                            .halving = {},
                            .hasOneBasis = true,
                            .isSealed = arguments.sealed,
                            .useCache = !arguments.noCache,
                            .json = arguments.json,
                            .atOnce = arguments.spec.atOnce};
    SweepRun run(std::move(list), std::move(options));
    if (arguments.preview) return run.preview();
    RunStore store(arguments.store);
    stateStudy(store, study.plan, arguments.sealed); // what it states is not changed later: after all that can be wrong
    const int code = run.run();
    printTables(study.plan, arguments);
    return code;
}

void addNamed(CLI::App& parent, Verb& verb, const char* name, const char* help, MakeStudy make) {
    auto* app = parent.add_subcommand(name, help);
    auto arguments = std::make_shared<NamedStudyArguments>();
    if (make != premise) app->add_option("SPEC", arguments->file, "JSON file: the spec that is compared")->required();
    addStoreOption(*app, arguments->store);
    addSpecArguments(*app, arguments->spec);
    app->add_option("--name", arguments->name, "Of the study in the store; else that of the verb");
    app->add_option("--part", arguments->part, "K/N: only every N-th run, for several processes at once")
        ->check(checkedBy(partOf))
        ->capture_default_str();
    addMarginOption(*app, arguments->margin, "Differences within it are practically nothing: 0.01 is one point");
    app->add_flag("--sealed", arguments->sealed, "No test figure of its runs is shown until it is unsealed");
    app->add_flag("--preview", arguments->preview, "List the settings and what they cost; run nothing");
    app->add_flag("--no-cache", arguments->noCache, "Read and write no cache file");
    app->add_flag("--json", arguments->json, "One JSON object a run, then the tables; with --preview the list");
    app->footer(
        "Goes on where it was left. Without --seeds as many as its comparisons need. --set changes the spec, in "
        "the premise every setting that trains.");
    app->callback(
        [arguments, &verb, make] { verb = [arguments, make] { return carryOut(make(*arguments), *arguments); }; });
}

} // namespace

void addNamedStudies(CLI::App& study, Verb& verb) {
    addNamed(study, verb, "premise", "On the demo: pretraining clean or flawed, data unbiased or biased, each method",
             premise);
    addNamed(study, verb, "ablation", "A spec of LEVI with one part changed at a time", ablation);
    addNamed(study, verb, "efficiency", "What every method costs beside a spec, and what it reaches", efficiency);
}

} // namespace levi
