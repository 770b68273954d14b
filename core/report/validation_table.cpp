// SPDX-License-Identifier: Apache-2.0
#include "core/report/validation_table.h"

#include "core/report/metric_style.h"
#include "core/report/seed_statistic.h"
#include "core/report/setting_columns.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <regex>
#include <vector>

namespace levi {
namespace {

constexpr const char* kIdVal = "id_val";
constexpr const char* kOodVal = "ood_val";

std::vector<double> valuesOf(const CellResults& cell, const std::string& role, const std::string& metric) {
    std::vector<double> values;
    for (const auto& [seed, value] : cell.values(role, metric))
        values.push_back(value);
    return values;
}

bool hasAny(const GroupedResults& grouped, const std::string& role, const std::string& metric) {
    return std::ranges::any_of(grouped.cells,
                               [&](const CellResults& cell) { return cell.meanOf(role, metric).has_value(); });
}

std::string unitOf(const MetricStyle& style) {
    return style.percent ? "%" : "";
}

void addMeans(Table& table, const GroupedResults& grouped, const std::string& role, const std::string& metric) {
    const MetricStyle style = metricStyle(metric);
    addColumn(table,
              {.title = fmt::format("{} {}", role, style.title),
               .align = Align::Right,
               .unit = unitOf(style),
               .lowerIsBetter = style.lowerIsBetter},
              grouped.cells,
              [&](const CellResults& cell) { return statisticCell(valuesOf(cell, role, metric), style, {}); });
}

Cell differenceCell(const CellResults& cell, const CellResults& first, const std::string& metric) {
    if (&cell == &first) return textCell("");
    const auto pairs = pairBySeed(cell.values(kIdVal, metric), first.values(kIdVal, metric));
    return statisticCell(pairs.differences, metricStyle(metric), {});
}

Cell countCell(const CellResults& cell) {
    return integerCell(static_cast<std::int64_t>(cell.runs.size()));
}

struct Trial {
    std::string assignments; // "train.learning_rate=0.001"
    double value = 0;
};

struct Trials {
    std::string method;
    std::vector<Trial> all;
    int unmeasured = 0;
};

std::vector<Trials> trialsOf(const GroupedResults& grouped, const std::string& metric) {
    static const std::regex assignment(R"(, [a-z_]+(\.[a-z_]+)*=)");
    std::vector<Trials> methods;
    for (const CellResults& cell : grouped.cells) {
        std::smatch found;
        const bool assigns = std::regex_search(cell.method, found, assignment);
        const std::string method = assigns ? found.prefix().str() : cell.method;
        auto place = std::ranges::find(methods, method, &Trials::method);
        if (place == methods.end()) place = methods.insert(methods.end(), Trials{.method = method});
        if (const auto mean = cell.meanOf(kIdVal, metric))
            place->all.push_back({assigns ? cell.method.substr(method.size() + 2) : "", *mean});
        else
            ++place->unmeasured;
    }
    return methods;
}

std::vector<Cell> tuningRow(const Trials& trials, const MetricStyle& style) {
    std::vector<Cell> row = {textCell(trials.method),
                             integerCell(static_cast<std::int64_t>(trials.all.size()) + trials.unmeasured)};
    if (trials.all.empty()) {
        row.insert(row.end(), {missingCell(), missingCell(), textCell("")});
        return row;
    }
    const auto [least, most] = std::ranges::minmax(trials.all, {}, &Trial::value);
    const double best = style.lowerIsBetter ? least.value : most.value;
    const double worst = style.lowerIsBetter ? most.value : least.value;
    row.push_back(numberCell(metricText(best, style), best));
    row.push_back(numberCell(metricText(worst, style), worst));
    std::vector<std::string> equals;
    for (const Trial& trial : trials.all)
        if (trial.value == best && !trial.assignments.empty()) equals.push_back(trial.assignments);
    row.push_back(textCell(fmt::format("{}", fmt::join(equals, "; or "))));
    return row;
}

std::vector<std::string> notesOf(std::span<const ResultRow> rows) {
    const bool isPicked =
        std::ranges::any_of(rows, [](const ResultRow& row) { return row.rule && isOracle(*row.rule); });
    std::vector<std::string> notes = provenanceNotes(rows);
    notes.emplace_back(isPicked ? "Figures of validation rows, of candidates that were picked on test rows."
                                : "Of validation rows alone: no test figure is shown, and none was used.");
    return notes;
}

} // namespace

Table validationTable(std::span<const ResultRow> rows, const std::string& metric) {
    const GroupedResults grouped = groupByCell(rows);
    const MetricStyle style = metricStyle(metric);
    Table table;
    table.caption = "Validation by setting";
    addSettingColumns(table, grouped.cells);
    for (const char* role : {kIdVal, kOodVal})
        if (hasAny(grouped, role, metric)) addMeans(table, grouped, role, metric);
    if (grouped.cells.size() > 1)
        addColumn(table, {.title = "difference", .align = Align::Right, .unit = style.percent ? "pp" : ""},
                  grouped.cells,
                  [&](const CellResults& cell) { return differenceCell(cell, grouped.cells.front(), metric); });
    for (const char* other : {"nll", "mae"})
        if (other != metric && hasAny(grouped, kIdVal, other)) addMeans(table, grouped, kIdVal, other);
    addColumn(table, {.title = "n", .align = Align::Right}, grouped.cells, countCell);
    table.notes = notesOf(rows);
    table.notes.push_back(spreadNote({}));
    if (grouped.cells.size() > 1)
        table.notes.emplace_back("Difference: to the first setting, paired by seed, as it is; no test was made.");
    return table;
}

Table tuningTable(std::span<const ResultRow> rows, const std::string& metric) {
    const MetricStyle style = metricStyle(metric);
    Table table{.caption = "Tuning: " + style.title + " on id_val",
                .notes = notesOf(rows),
                .columns = {{.title = "method"}, {.title = "trials", .align = Align::Right}},
                .rows = {}};
    table.notes.emplace_back(
        "Best and worst: means over the seeds of one setting. Settings that are equally good are all named.");
    for (const char* title : {"best", "worst"})
        table.columns.push_back(
            {.title = title, .align = Align::Right, .unit = unitOf(style), .lowerIsBetter = style.lowerIsBetter});
    table.columns.push_back({.title = "what the best one set"});
    for (const Trials& trials : trialsOf(groupByCell(rows), metric))
        table.rows.push_back(tuningRow(trials, style));
    return table;
}

} // namespace levi
