// SPDX-License-Identifier: Apache-2.0
#include "app/checked_by.h"
#include "app/looks.h"
#include "app/margin_option.h"
#include "app/run_json.h"
#include "app/run_selection.h"
#include "app/statistic_options.h"
#include "app/store_lookup.h"
#include "app/table_output.h"
#include "app/verbs.h"
#include "core/report/compare.h"
#include "core/report/efficiency_table.h"
#include "core/report/metric_style.h"
#include "core/report/sample_comparison.h"
#include "core/report/store_rows.h"
#include "core/spec/spec_json.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>
#include <optional>

namespace levi {
namespace {

struct CompareArguments {
    RunSelection selection;
    TableOutput output;
    std::string a, b, metric; // "": the study's, or accuracy, of numbers rmse
    std::optional<double> margin;
    StatisticArguments statistic;
    bool perSample = false;
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

Table samplesOf(const CompareArguments& arguments, const std::vector<RunSummary>& a, const std::vector<RunSummary>& b) {
    const RunStore store(arguments.selection.store, RunStore::Access::Read);
    const double level = arguments.statistic.asked().level;
    return sampleTable(compareSamples(sharedPredictions(store, a, b), level), level);
}

struct Compared {
    RunSummary a, b; // a run of each setting
    Table figures, costs, differences;
    std::optional<Table> samples;
};

std::string textOf(const Compared& compared, const TableOutput& output) {
    if (output.tableFormat() != TableFormat::JsonObject) {
        std::vector<Table> tables = {compared.figures};
        if (compared.samples) tables.push_back(*compared.samples);
        tables.push_back(compared.costs);
        tables.push_back(compared.differences);
        return tablesText(tables, output);
    }
    Json json = {{"a", {{"cell", compared.a.cell}, {"name", compared.a.name}}},
                 {"b", {{"cell", compared.b.cell}, {"name", compared.b.name}}},
                 {"comparison", Json::parse(toJson(compared.figures))},
                 {"costs", Json::parse(toJson(compared.costs))},
                 {"differences", Json::parse(toJson(compared.differences))}};
    if (compared.samples) json["samples"] = Json::parse(toJson(*compared.samples));
    return jsonText(json) + "\n";
}

int compareSettings(const CompareArguments& arguments) {
    const SelectedRuns selected = selectRuns(arguments.selection);
    const auto a = runsOfSetting(selected.runs, arguments.a), b = runsOfSetting(selected.runs, arguments.b);
    const SeedStatistic asked = arguments.statistic.asked();
    const auto rowsA = resultRows(a), rowsB = resultRows(b);
    const std::string usual = selected.study ? selected.study->plan.metric : usualMetric(rowsA);
    const auto comparison =
        compare(rowsA, rowsB,
                {.labelA = a.back().name,
                 .labelB = b.back().name,
                 .metric = arguments.metric.empty() ? usual : arguments.metric,
                 .level = asked.level,
                 .spread = asked.spread,
                 .statistic = asked.statistic,
                 .margin = arguments.margin || !selected.study ? arguments.margin : selected.study->plan.margin,
                 .differences = differencesOf(a.back(), b.back())});
    std::vector<ResultRow> both = rowsA;
    both.insert(both.end(), rowsB.begin(), rowsB.end());
    Compared compared{.a = a.back(),
                      .b = b.back(),
                      .figures = comparisonTable(comparison),
                      .costs = efficiencyTable(both),
                      .differences = differencesTable(comparison)};
    if (arguments.perSample) compared.samples = samplesOf(arguments, a, b);
    give(textOf(compared, arguments.output), arguments.output);
    for (const auto& side : {a, b})
        noteLook(arguments.selection.store, side, "levi compare");
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
    addRunSelection(*compareVerb, arguments->selection);
    addTableOutput(*compareVerb, arguments->output);
    compareVerb->add_option("--metric", arguments->metric, metricKeysText())->check(CLI::IsMember(metricKeys()));
    addStatisticOptions(*compareVerb, arguments->statistic);
    addMarginOption(*compareVerb, arguments->margin,
                    "Differences within it are practically nothing; 0.01 of accuracy is one point");
    compareVerb->add_flag(
        "--per-sample", arguments->perSample,
        "Sample by sample too: McNemar, paired bootstrap over samples and domains (of numbers: of squared "
        "errors)");
    compareVerb->callback([arguments, &verb] {
        asUsage([&] { requireSpreadOf(arguments->statistic.asked()); });
        verb = [arguments] { return compareSettings(*arguments); };
    });
}

} // namespace levi
