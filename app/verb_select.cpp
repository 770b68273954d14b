// SPDX-License-Identifier: Apache-2.0
#include "app/looks.h"
#include "app/run_json.h"
#include "app/run_selection.h"
#include "app/store_lookup.h"
#include "app/verbs.h"
#include "core/report/domainbed_tables.h"
#include "core/store/domainbed_sweep.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace levi {
namespace {

struct SelectArguments {
    std::filesystem::path sweep; // empty: of the store
    std::filesystem::path store;
    std::string study, rule;
    bool json = false;
};

Json groupsJson(const std::vector<SweepGroup>& groups) {
    Json array = Json::array();
    for (const SweepGroup& group : groups)
        array.push_back({{"dataset", group.dataset},
                         {"algorithm", group.algorithm},
                         {"test_env", group.testEnv},
                         {"trial_seed", group.trialSeed},
                         {"sweep_acc", group.accuracy ? Json(*group.accuracy) : Json(nullptr)}});
    return array;
}

void warnOfGaps(const DomainBedSweep& sweep, SweepRule rule) {
    const auto holdsOutOne = [](const SweepRecord& record) { return record.testEnvs.size() == 1; };
    if (rule != SweepRule::LeaveOneDomainOut && !sweep.records.empty() &&
        std::ranges::none_of(sweep.records, holdsOutOne))
        fmt::print(stderr, "levi: every run holds out two domains or more; DomainBed judges those that hold out one\n");
    if (sweep.unfinishedRuns > 0)
        fmt::print(stderr, "levi: {} of {} runs have no file 'done'; they count, as they do in DomainBed\n",
                   sweep.unfinishedRuns, sweep.runs);
    if (sweep.emptyFolders > 0)
        fmt::print(stderr, "levi: {} folders hold no results.jsonl and are passed over\n", sweep.emptyFolders);
}

DomainBedSweep sweepOf(const SelectArguments& arguments) {
    if (!arguments.sweep.empty()) return readDomainBedSweep(arguments.sweep);
    const SelectedRuns selected = selectRuns({.store = arguments.store, .study = arguments.study});
    DomainBedSweep sweep = domainBedSweep(RunStore(arguments.store, RunStore::Access::Read), arguments.study);
    noteLook(arguments.store, selected.runs, "levi select");
    return sweep;
}

int selectFrom(const SelectArguments& arguments) {
    const SweepRule rule = sweepRuleNamed(arguments.rule);
    const DomainBedSweep sweep = sweepOf(arguments);
    warnOfGaps(sweep, rule);
    const auto groups = selectFromSweep(sweep.records, rule);
    if (arguments.json)
        printJson(groupsJson(groups));
    else
        fmt::print("{}", domainBedTables(groups, rule));
    return kDone;
}

} // namespace

void addSelectVerb(CLI::App& app, Verb& verb) {
    auto* selectVerb = app.add_subcommand("select", "Model selection over a sweep in DomainBed's layout");
    auto arguments = std::make_shared<SelectArguments>();
    selectVerb->footer(
        "Without SWEEP_DIR: over the finished runs of the store, as `levi export --layout domainbed` writes them.");
    auto* folder =
        selectVerb->add_option("SWEEP_DIR", arguments->sweep, "Folder of run folders, each with a results.jsonl");
    addStoreOption(*selectVerb, arguments->store);
    selectVerb->add_option("--study", arguments->study, "Of the store: only the runs of this study")->excludes(folder);
    selectVerb->add_option("--rule", arguments->rule, "training_domain, leave_one_domain_out or oracle")
        ->required()
        ->check(CLI::IsMember(sweepRuleNames()));
    selectVerb->add_flag("--json", arguments->json, "The accuracy of each test environment and trial, as an array");
    selectVerb->callback([arguments, &verb] { verb = [arguments] { return selectFrom(*arguments); }; });
}

} // namespace levi
