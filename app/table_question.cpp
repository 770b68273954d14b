// SPDX-License-Identifier: Apache-2.0
#include "app/table_question.h"

#include "app/checked_by.h"
#include "core/base/error.h"
#include "core/base/numbers.h"
#include "core/report/asked_table.h"

#include <CLI/CLI.hpp>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace levi {
namespace {

constexpr std::string_view kCosts = ",efficiency"; // behind the columns that they join

// Single runs are asked for by --per-run.
std::vector<std::string> knownColumns() {
    std::vector<std::string> known;
    for (const TableKindInfo& info : tableKinds()) {
        if (info.kind == TableKind::Validation) known.push_back("results" + std::string(kCosts));
        if (info.kind != TableKind::Runs) known.emplace_back(info.key);
    }
    return known;
}

void checkColumns(const std::string& columns) {
    static const std::vector<std::string> known = knownColumns();
    if (std::ranges::find(known, columns) == known.end())
        throw Error("found '{}', expected one of {}", columns, fmt::join(known, " | "));
}

// Of the table, without costs that join it.
TableKind kindOf(const TableQuestion& question) {
    if (question.perRun) return TableKind::Runs;
    const std::string columns = question.columns.substr(0, question.columns.rfind(kCosts));
    return columns.empty() ? TableKind::Results : tableKindNamed(columns).kind;
}

TableRequest requestOf(const TableQuestion& question) {
    return {.kind = kindOf(question),
            .addsCosts = question.columns.ends_with(kCosts),
            .metric = question.metric,
            .statistic = question.statistic.asked(),
            .scale = question.scale == "probit" ? AccuracyScale::Probit : AccuracyScale::Logit,
            .baselines = question.baselines};
}

std::string askedBy(const TableKindInfo& info) {
    return info.kind == TableKind::Runs ? "--per-run" : "--columns " + std::string(info.key);
}

void requireTaken(const TableKindInfo& asked, const char* option, bool TableKindInfo::*takes) {
    if (asked.*takes) return;
    std::vector<std::string> takers;
    for (const TableKindInfo& info : tableKinds())
        if (info.*takes) takers.push_back(info.kind == TableKind::Results ? "results" : askedBy(info));
    throw Error("{}: changes nothing with {}; leave it out, or ask for a table that reads it: {}", option,
                askedBy(asked), fmt::join(takers, ", "));
}

void requireTaken(const TableKindInfo& asked, const TableQuestion& question) {
    struct Given {
        bool isGiven;
        const char* option;
        bool TableKindInfo::*takes;
    };
    const StatisticArguments& statistic = question.statistic;
    for (const Given& given : {Given{!question.metric.empty(), "--metric", &TableKindInfo::takesMetric},
                               Given{!statistic.statistic.empty(), "--statistic", &TableKindInfo::takesStatistic},
                               Given{!statistic.spread.empty(), "--spread", &TableKindInfo::takesSpread},
                               Given{statistic.level.has_value(), "--level", &TableKindInfo::takesLevel},
                               Given{!question.scale.empty(), "--scale", &TableKindInfo::takesBaselines},
                               Given{!question.baselines.empty(), "--baselines", &TableKindInfo::takesBaselines}})
        if (given.isGiven) requireTaken(asked, given.option, given.takes);
}

// A run has no spread over seeds, and no interval unless Wilson's is asked for.
void requireOfRuns(const TableQuestion& question) {
    const StatisticArguments& statistic = question.statistic;
    if (!question.columns.empty() && question.columns != "results")
        throw Error("--per-run: is a table of results; leave out --columns {}", question.columns);
    if (statistic.spread == "interval")
        throw Error("--spread interval: is one over seeds; leave it out with --per-run, or give wilson");
    requireSpreadOfRuns(statistic.asked());
    if (statistic.level && statistic.spread != "wilson")
        throw Error("--level: changes nothing with --per-run unless --spread wilson shows an interval");
}

} // namespace

void addTableQuestion(CLI::App& verb, TableQuestion& question) {
    addWhichRuns(verb, question.selection);
    verb.add_option("--columns", question.columns,
                    "results, efficiency, both in one table (results,efficiency), comparisons (of a study), ranks, "
                    "profile, robustness, groups (WILDS), validation or tuning (both of id_val alone); without it "
                    "results, and efficiency in a table below")
        ->check(checkedBy(checkColumns));
    verb.add_option("--metric", question.metric, metricKeysText())->check(CLI::IsMember(metricKeys()));
    addStatisticOptions(verb, question.statistic);
    verb.add_option("--by", question.by,
                    "A row a cell; or a row a name, where settings of one name hold out different domains")
        ->check(CLI::IsMember({"cell", "name"}));
    verb.add_option("--baselines", question.baselines,
                    "Of robustness: names or first digits of cells, by comma; without it all settings but LEVI's")
        ->delimiter(',');
    verb.add_option("--scale", question.scale, "Of robustness: logit or probit")
        ->check(CLI::IsMember({"logit", "probit"}));
    verb.add_option("--seeds", question.seeds, "Of these seeds alone: 0..2, or 0,2; then without a study's comparisons")
        ->check(checkedBy(parseSeeds));
    verb.add_flag("--per-run", question.perRun, "A row a run: the seeds behind the means");
}

void requireUsed(const TableQuestion& question) {
    const TableKindInfo& asked = infoOf(kindOf(question));
    if (question.perRun) requireOfRuns(question);
    requireTaken(asked, question);
    if (asked.kind == TableKind::Comparisons && !question.seeds.empty())
        throw Error("--seeds: comparisons take the seeds that the study states; leave it out");
    if (asked.kind == TableKind::Results) requireSpreadOf(question.statistic.asked());
}

std::vector<Table> TableAnswer::all() const {
    std::vector<Table> tables = {table};
    if (comparisons) tables.push_back(*comparisons);
    if (costs) tables.push_back(*costs);
    return tables;
}

namespace {

void keepSeeds(std::vector<RunSummary>& runs, const std::string& seeds) {
    const auto asked = parseSeeds(seeds);
    std::erase_if(runs, [&](const RunSummary& run) { return std::ranges::find(asked, run.seed) == asked.end(); });
}

} // namespace

TableAnswer answer(const TableQuestion& question) {
    SelectedRuns selected = selectRuns(question.selection);
    if (!question.seeds.empty()) keepSeeds(selected.runs, question.seeds);
    const std::vector<ResultRow> rows = tableRows(selected.runs, question.by == "name");
    const StudyPlan* study = selected.study ? &selected.study->plan : nullptr;
    const TableRequest request = requestOf(question);
    if (const std::string lack = lackOfStudy(request.kind, study); !lack.empty()) throw Error("{}; give --study", lack);
    TableAnswer given{.table = askedTable(rows, request, study), .comparisons = {}, .costs = {}, .runs = {}};
    if (question.columns.empty() && !question.perRun)
        given.costs = askedTable(rows, {.kind = TableKind::Efficiency}, study);
    if (!question.seeds.empty()) given.table.notes.push_back("Of the seeds " + question.seeds + " alone.");
    if (request.kind == TableKind::Results && study && !study->family.empty() && question.seeds.empty())
        given.comparisons = askedTable(rows, {.kind = TableKind::Comparisons, .metric = request.metric}, study);
    if (showsTestFigures(request.kind, rows)) given.runs = std::move(selected.runs);
    return given;
}

} // namespace levi
