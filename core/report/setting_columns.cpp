// SPDX-License-Identifier: Apache-2.0
#include "core/report/setting_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace levi {
namespace {

// With the number of runs whose candidate cannot be used any more: notes are left out of some formats.
std::string ruleOf(const CellResults& cell) {
    const std::string rule = ruleText(cell.runs.begin()->second->rule);
    const auto gone = std::ranges::count_if(cell.runs, [](const auto& run) { return !run.second->keepsWeights; });
    if (rule.empty() || gone == 0) return rule;
    return fmt::format("{}; {} of {} without weights", rule, gone, cell.runs.size());
}

} // namespace

void addColumn(Table& table, Column head, std::span<const CellResults> cells,
               const std::function<Cell(const CellResults&)>& cellOf) {
    table.columns.push_back(std::move(head));
    table.rows.resize(cells.size());
    for (std::size_t i = 0; i < cells.size(); ++i)
        table.rows[i].push_back(cellOf(cells[i]));
}

void addSettingColumns(Table& table, std::span<const CellResults> cells) {
    std::set<std::array<std::string, 3>> names;
    for (const CellResults& cell : cells)
        names.insert({cell.method, cell.taps, cell.testbed});
    addColumn(table, {.title = "method"}, cells, [](const CellResults& cell) { return textCell(cell.method); });
    addColumn(table, {.title = "taps"}, cells, [](const CellResults& cell) { return textCell(cell.taps); });
    if (std::ranges::any_of(cells, [&](const CellResults& cell) { return cell.testbed != cells.front().testbed; }))
        addColumn(table, {.title = "data"}, cells, [](const CellResults& cell) { return textCell(cell.testbedLabel); });
    if (names.size() < cells.size())
        addColumn(table, {.title = "setting"}, cells, [](const CellResults& cell) {
            return textCell(cell.cellLabel.empty() ? cell.cell : cell.cellLabel);
        });
    if (std::ranges::any_of(cells, [](const CellResults& cell) { return !ruleOf(cell).empty(); }))
        addColumn(table, {.title = "rule"}, cells, [](const CellResults& cell) { return textCell(ruleOf(cell)); });
}

void addRuleColumn(Table& table, const std::string& rule) {
    if (rule.empty() || rule == nameOf(CandidateRule::IdVal)) return;
    table.columns.push_back({.title = "rule"});
    for (std::vector<Cell>& row : table.rows)
        row.push_back(textCell(rule));
}

} // namespace levi
