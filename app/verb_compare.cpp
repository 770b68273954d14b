// SPDX-License-Identifier: Apache-2.0
#include "app/run_json.h"
#include "app/store_lookup.h"
#include "app/verbs.h"
#include "core/report/compare.h"
#include "core/report/store_rows.h"
#include "core/spec/spec_json.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>

namespace levi {
namespace {

struct CompareArguments {
    std::filesystem::path store;
    std::string a, b, metric = "accuracy";
    double level = 0.95;
    bool json = false;
};

std::vector<SpecDifference> differencesOf(const RunSummary& a, const RunSummary& b) {
    ExperimentSpec left = specFromText(a.specJson).spec, right = specFromText(b.specJson).spec;
    for (ExperimentSpec* spec : {&left, &right}) { // seeds are paired, and what things are called changes nothing
        spec->seed = 0;
        spec->name = spec->notes = "";
        spec->tags.clear();
    }
    return differences(left, right);
}

int compareSettings(const CompareArguments& arguments) {
    const RunStore store(arguments.store, RunStore::Access::Read);
    const auto runs = store.runs();
    const auto a = runsOfSetting(runs, arguments.a), b = runsOfSetting(runs, arguments.b);
    const auto comparison = compare(resultRows(a), resultRows(b),
                                    {.labelA = a.back().name,
                                     .labelB = b.back().name,
                                     .metric = arguments.metric,
                                     .level = arguments.level,
                                     .differences = differencesOf(a.back(), b.back())});
    const Table figures = comparisonTable(comparison), specs = differencesTable(comparison);
    if (arguments.json)
        printJson({{"a", {{"cell", a.back().cell}, {"name", a.back().name}}},
                   {"b", {{"cell", b.back().cell}, {"name", b.back().name}}},
                   {"comparison", Json::parse(toJson(figures))},
                   {"differences", Json::parse(toJson(specs))}});
    else
        fmt::print("{}\n{}", toPlainText(figures), toPlainText(specs));
    return kDone;
}

} // namespace

void addCompareVerb(CLI::App& app, Verb& verb) {
    auto* compareVerb =
        app.add_subcommand("compare", "Two settings, paired by seed, and the fields in which they differ");
    auto arguments = std::make_shared<CompareArguments>();
    const char* const help = "A name, the first digits of a cell, or the number of one of its runs";
    compareVerb->add_option("A", arguments->a, help)->required();
    compareVerb->add_option("B", arguments->b, help)->required();
    addStoreOption(*compareVerb, arguments->store);
    compareVerb->add_option("--metric", arguments->metric, "accuracy, macro_f1, auc, nll, ece or worst_group")
        ->check(CLI::IsMember({"accuracy", "macro_f1", "auc", "nll", "ece", "worst_group"}));
    compareVerb->add_option("--level", arguments->level, "Of the interval")->check(CLI::Range(0.5, 0.999));
    compareVerb->add_flag("--json", arguments->json, "As one JSON object");
    compareVerb->callback([arguments, &verb] { verb = [arguments] { return compareSettings(*arguments); }; });
}

} // namespace levi
