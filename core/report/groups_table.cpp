// SPDX-License-Identifier: Apache-2.0
#include "core/report/groups_table.h"

#include "core/report/ood_mean.h"
#include "core/report/setting_columns.h"
#include "core/store/run_records.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

namespace levi {
namespace {

constexpr const char* kFigures[] = {"accuracy",        "worst_group", "adjusted_average",   "macro_f1",
                                    "user_p10",        "rmse",        "rmse_worst_group",   "mae",
                                    "mae_worst_group", "pearson",     "pearson_worst_group"};

bool isWorst(const std::string& metric) {
    return metric == "worst_group" || metric == "rmse_worst_group";
}

// Where all rows are of one group there is no worst one.
bool hasGroups(const ResultRow& row, const std::string& role) {
    const auto metrics = row.roles.find(role);
    if (metrics == row.roles.end()) return false;
    return std::ranges::any_of(metrics->second, [&](const auto& metric) {
        const bool isPart = isPartOf(metric.first) && !metric.first.starts_with("share/");
        const char* whole = metric.first == "worst_group" ? "accuracy" : "rmse";
        return isPart || (isWorst(metric.first) && row.rowCount(role, metric.first) < row.rowCount(role, whole));
    });
}

std::vector<std::string> rolesOf(const CellResults& cell) {
    std::set<std::string> roles;
    for (const auto& [seed, run] : cell.runs)
        for (const auto& [role, metrics] : run->roles)
            if (isTestRole(role) && hasGroups(*run, role)) roles.insert(role);
    return {roles.begin(), roles.end()};
}

// Figures that a run has in a role that is shown.
std::vector<std::string> figuresOf(const GroupedResults& grouped) {
    std::set<std::string> found;
    for (const CellResults& cell : grouped.cells)
        for (const std::string& role : rolesOf(cell))
            for (const auto& [seed, run] : cell.runs)
                if (const auto metrics = run->roles.find(role); metrics != run->roles.end())
                    for (const auto& [metric, value] : metrics->second)
                        found.insert(metric);
    std::vector<std::string> figures;
    for (const char* figure : kFigures)
        if (found.contains(figure)) figures.emplace_back(figure);
    return figures;
}

Cell rowsCell(const CellResults& cell, const std::string& role, const std::string& metric) {
    std::set<std::int64_t> counts;
    if (cell.hides(role)) return sealedCell(); // how many rows says which group it is
    for (const auto& [seed, run] : cell.runs)
        if (const auto count = run->rowCount(role, metric); count > 0) counts.insert(count);
    if (counts.empty()) return missingCell();
    if (counts.size() == 1) return integerCell(*counts.begin());
    return numberCell(fmt::format("{} to {}", *counts.begin(), *counts.rbegin()), static_cast<double>(*counts.begin()));
}

Cell nameCell(const CellResults& cell, const std::string& role) {
    std::set<std::string> names;
    for (const auto& [seed, run] : cell.runs)
        if (const auto found = run->worstGroups.find(role); found != run->worstGroups.end())
            names.insert(found->second);
    return textCell(names.empty() ? std::string(kMissing) : fmt::format("{}", fmt::join(names, "; ")));
}

std::set<std::string> emptyGroups(const ResultRow& row, const std::string& role) {
    std::set<std::string> empty;
    const auto counts = row.counts.find(role);
    if (counts == row.counts.end()) return empty;
    for (const auto& [metric, count] : counts->second)
        if (count == 0 && isPartOf(metric)) empty.insert(metric.substr(metric.find('/') + 1));
    return empty;
}

void addHeads(Table& table, const std::vector<std::string>& figures) {
    table.columns.push_back({.title = "role"});
    for (const std::string& figure : figures) {
        const MetricStyle style = metricStyle(figure);
        table.columns.push_back({.title = style.title,
                                 .align = Align::Right,
                                 .unit = style.percent ? "%" : "",
                                 .lowerIsBetter = style.lowerIsBetter});
        if (!isWorst(figure)) continue;
        table.columns.push_back({.title = "its rows", .align = Align::Right});
        table.columns.push_back({.title = "worst group"});
    }
    table.columns.push_back({.title = "n", .align = Align::Right});
}

void addNotes(Table& table, const GroupedResults& grouped, std::span<const ResultRow> rows) {
    std::map<std::string, std::set<std::string>> empty; // by role
    for (const CellResults& cell : grouped.cells)
        for (const std::string& role : rolesOf(cell))
            for (const auto& [seed, run] : cell.runs)
                empty[role].merge(emptyGroups(*run, role));
    table.notes = provenanceNotes(rows);
    if (!namesGroups(rows))
        table.notes.emplace_back("No run has figures of groups: they are kept where data.groups names a column.");
    table.notes.emplace_back(
        "Worst group: the lowest accuracy, or the largest RMSE, over groups with a row; of every seed its own, then "
        "the "
        "mean over seeds, ± half the 95 % t-interval. Adjusted average: groups weighed as in the training rows, or as "
        "data.group_weights says.");
    for (const auto& [role, names] : empty)
        if (!names.empty())
            table.notes.push_back(fmt::format("Groups without a row in {}, left out of the worst one: {}.",
                                              roleTitle(role), fmt::join(names, "; ")));
}

} // namespace

Table groupsTable(std::span<const ResultRow> rows) {
    const GroupedResults grouped = groupByCell(rows);
    const auto figures = figuresOf(grouped);
    Table settings, table;
    addSettingColumns(settings, grouped.cells);
    table.caption = "Groups by setting";
    table.columns = settings.columns;
    addHeads(table, figures);
    for (std::size_t i = 0; i < grouped.cells.size(); ++i)
        for (const CellResults& cell = grouped.cells[i]; const std::string& role : rolesOf(cell)) {
            auto& row = table.rows.emplace_back(settings.rows[i]);
            row.push_back(textCell(roleTitle(role)));
            for (const std::string& figure : figures) {
                row.push_back(figureOn(cell, role, figure).cell(metricStyle(figure)));
                if (!isWorst(figure)) continue;
                row.push_back(rowsCell(cell, role, figure));
                row.push_back(nameCell(cell, role));
            }
            row.push_back(integerCell(static_cast<std::int64_t>(cell.runs.size())));
        }
    addNotes(table, grouped, rows);
    return table;
}

bool namesGroups(std::span<const ResultRow> rows) {
    return std::ranges::any_of(rows, [](const ResultRow& row) {
        return row.finished && std::ranges::any_of(row.roles, [](const auto& role) {
                   return std::ranges::any_of(role.second, [](const auto& metric) {
                       return isPartOf(metric.first) && !metric.first.starts_with("share/");
                   });
               });
    });
}

std::vector<std::string> groupSentences(const ResultRow& row) {
    std::vector<std::string> sentences;
    for (const auto& [role, metrics] : row.roles) {
        if (role == "train" || !hasGroups(row, role)) continue;
        std::string text;
        for (const char* figure : kFigures) {
            const MetricStyle style = metricStyle(figure);
            const auto value = row.value(role, figure);
            if (!value) continue;
            text += fmt::format("{}{} {}{}", text.empty() ? "" : "; ", style.title, metricText(*value, style),
                                style.percent ? " %" : "");
            const auto name = row.worstGroups.find(role);
            if (isWorst(figure) && name != row.worstGroups.end())
                text += fmt::format(" ({}, {} rows)", name->second, row.rowCount(role, figure));
        }
        if (row.hides(role)) text = kSealed;
        if (const auto empty = emptyGroups(row, role); !empty.empty())
            text += fmt::format("; without a row: {}", fmt::join(empty, ", "));
        sentences.push_back(role + ": " + text);
    }
    return sentences;
}

} // namespace levi
