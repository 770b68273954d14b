// SPDX-License-Identifier: Apache-2.0
#include "app/table_question.h"

#include "app/checked_by.h"
#include "core/base/error.h"
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

TableRequest requestOf(const TableQuestion& question) {
    if (question.perRun && question.statistic.spread == "interval")
        throw Error("--spread interval: is one over seeds; leave it out with --per-run, or give wilson");
    const bool addsCosts = question.columns.ends_with(kCosts);
    const std::string columns = question.columns.substr(0, question.columns.size() - (addsCosts ? kCosts.size() : 0));
    TableRequest request{.kind = columns.empty() ? TableKind::Results : tableKindNamed(columns).kind,
                         .addsCosts = addsCosts,
                         .metric = question.metric,
                         .statistic = question.statistic.asked(),
                         .scale = question.scale == "probit" ? AccuracyScale::Probit : AccuracyScale::Logit,
                         .baselines = question.baselines};
    if (question.perRun && request.kind == TableKind::Results) request.kind = TableKind::Runs;
    return request;
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
    verb.add_option("--baselines", question.baselines, "Of robustness: names or first digits of cells, by comma")
        ->delimiter(',');
    verb.add_option("--scale", question.scale, "Of robustness: logit or probit")
        ->check(CLI::IsMember({"logit", "probit"}));
    verb.add_flag("--per-run", question.perRun, "A row a run: the seeds behind the means");
}

std::vector<Table> TableAnswer::all() const {
    std::vector<Table> tables = {table};
    if (comparisons) tables.push_back(*comparisons);
    if (costs) tables.push_back(*costs);
    return tables;
}

TableAnswer answer(const TableQuestion& question) {
    SelectedRuns selected = selectRuns(question.selection);
    const std::vector<ResultRow> rows = tableRows(selected.runs, question.by == "name");
    const StudyPlan* study = selected.study ? &selected.study->plan : nullptr;
    const TableRequest request = requestOf(question);
    if (const std::string lack = lackOfStudy(request.kind, study); !lack.empty()) throw Error("{}; give --study", lack);
    TableAnswer given{.table = askedTable(rows, request, study), .comparisons = {}, .costs = {}, .runs = {}};
    if (question.columns.empty() && !question.perRun)
        given.costs = askedTable(rows, {.kind = TableKind::Efficiency}, study);
    if (request.kind == TableKind::Results && study && !study->family.empty())
        given.comparisons = askedTable(rows, {.kind = TableKind::Comparisons, .metric = request.metric}, study);
    if (showsTestFigures(request.kind, rows)) given.runs = std::move(selected.runs);
    return given;
}

} // namespace levi
