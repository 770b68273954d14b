// SPDX-License-Identifier: Apache-2.0
#include "core/report/results_table.h"

#include "core/base/error.h"
#include "core/report/metric_style.h"
#include "core/report/setting_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>

namespace levi {
namespace {

std::string counted(int count, const char* noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string captionOf(const MetricStyle& style) {
    std::string title = style.title;
    if (!title.empty()) title[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(title[0])));
    return title + " by setting";
}

std::vector<double> valuesOnly(const ValueOfSeed& values) {
    std::vector<double> numbers;
    for (const auto& [seed, value] : values)
        numbers.push_back(value);
    return numbers;
}

// One column of means: the values of every cell by seed, and what was found while marking.
struct MeanColumn {
    Column head;
    std::vector<ValueOfSeed> values; // a cell each
    std::vector<bool> sealed;        // a cell each: where it has no value, a seal hides it
    bool marksBest = true;
};

class Builder {
public:
    Builder(std::span<const ResultRow> rows, const ResultsTableOptions& options)
        : m_options(options),
          m_style(metricStyle(options.metric)),
          m_grouped(groupByCell(rows)),
          m_oodRoles(oodRolesOf(rows)),
          m_provenance(provenanceNotes(rows)) {
        gatherTestbeds();
    }

    ResultsTable build() {
        ResultsTable result;
        for (const CellResults& cell : m_grouped.cells)
            result.cells.push_back(cell.cell);
        Table& table = result.table;
        table.caption = captionOf(m_style);
        addSettingColumns(table, m_grouped.cells);
        for (const MeanColumn& column : meanColumns())
            addMeans(table, column);
        addColumn(table, {.title = "n", .align = Align::Right}, m_grouped.cells,
                  [](const CellResults& cell) { return integerCell(static_cast<std::int64_t>(cell.runs.size())); });
        table.notes = notes();
        return result;
    }

private:
    void gatherTestbeds() {
        for (const CellResults& cell : m_grouped.cells)
            if (std::ranges::find(m_testbeds, cell.testbed) == m_testbeds.end()) m_testbeds.push_back(cell.testbed);
    }

    MeanColumn roleColumn(const std::string& role) const {
        MeanColumn column{.head = {.title = roleTitle(role),
                                   .align = Align::Right,
                                   .unit = m_style.percent ? "%" : "",
                                   .lowerIsBetter = m_style.lowerIsBetter}};
        for (const CellResults& cell : m_grouped.cells) {
            column.values.push_back(cell.values(role, m_options.metric));
            column.sealed.push_back(cell.hides(role));
        }
        return column;
    }

    std::vector<MeanColumn> meanColumns() const {
        std::vector<MeanColumn> columns = {roleColumn(m_options.idRole)};
        for (const std::string& role : m_oodRoles)
            columns.push_back(roleColumn(role));
        if (m_oodRoles.empty()) return columns;
        MeanColumn gap{.head = {.title = "gap", .align = Align::Right, .unit = m_style.percent ? "pp" : ""},
                       .marksBest = false}; // a model that is bad everywhere has a small gap
        for (const CellResults& cell : m_grouped.cells) {
            gap.values.push_back(cell.gap(m_options.idRole, m_options.metric));
            gap.sealed.push_back(
                cell.hides(m_options.idRole) ||
                std::ranges::any_of(cell.oodRoles(), [&](const auto& role) { return cell.hides(role); }));
        }
        columns.push_back(std::move(gap));
        return columns;
    }

    SeedStatistic asked() const {
        return {.statistic = m_options.statistic, .spread = m_options.spread, .level = m_options.level};
    }

    Cell meanCell(const ValueOfSeed& values, std::size_t runs) const {
        Cell cell = statisticCell(valuesOnly(values), m_style, asked());
        if (cell.value && values.size() != runs) cell.text += fmt::format(" (n = {})", values.size());
        return cell;
    }

    void addMeans(Table& table, const MeanColumn& column) {
        table.columns.push_back(column.head);
        for (std::size_t i = 0; i < column.values.size(); ++i)
            table.rows[i].push_back(column.values[i].empty() && column.sealed[i]
                                        ? sealedCell()
                                        : meanCell(column.values[i], m_grouped.cells[i].runs.size()));
        if (column.marksBest)
            for (const std::string& testbed : m_testbeds)
                mark(table, column, testbed);
    }

    // The row of the testbed's best figure, where two of its rows or more have one.
    std::optional<std::size_t> bestRow(const Table& table, const std::string& testbed) const {
        std::optional<std::size_t> best;
        int present = 0;
        for (std::size_t i = 0; i < table.rows.size(); ++i) {
            if (m_grouped.cells[i].testbed != testbed) continue;
            const auto value = table.rows[i].back().value;
            if (!value) continue;
            ++present;
            const auto leading = best ? table.rows[*best].back().value : value;
            if (!best || (m_style.lowerIsBetter ? *value < *leading : *value > *leading)) best = i;
        }
        return present > 1 ? best : std::nullopt;
    }

    void mark(Table& table, const MeanColumn& column, const std::string& testbed) {
        const auto best = bestRow(table, testbed);
        if (!best) return;
        for (std::size_t i = 0; i < table.rows.size(); ++i) {
            if (m_grouped.cells[i].testbed != testbed) continue;
            Cell& cell = table.rows[i].back();
            cell.bold = cell.value == table.rows[*best].back().value;
            if (cell.bold || !cell.value) continue;
            const auto pairs = pairBySeed(column.values[*best], column.values[i]);
            const PairedVerdict verdict = comparePaired(pairs.differences, 1 - m_options.level).verdict;
            const PairedVerdict worse = m_style.lowerIsBetter ? PairedVerdict::BHigher : PairedVerdict::AHigher;
            m_silentTests += verdict == PairedVerdict::TooFewSeeds;
            cell.tied = verdict != PairedVerdict::TooFewSeeds && verdict != worse;
            m_marked = true;
        }
    }

    // Classes and numbers in one store.
    std::int64_t settingsOfOtherMetrics() const {
        return std::ranges::count_if(m_grouped.cells, [&](const CellResults& cell) {
            return std::ranges::none_of(cell.runs, [&](const auto& run) {
                return std::ranges::any_of(run.second->roles, [&](const auto& role) {
                    return role.second.contains(m_options.metric) || run.second->hides(role.first);
                });
            });
        });
    }

    std::vector<std::string> notes() const {
        const double alpha = 1 - m_options.level;
        std::vector<std::string> notes = m_provenance;
        notes.push_back(spreadNote(asked()));
        if (!m_oodRoles.empty())
            notes.emplace_back(m_style.lowerIsBetter ? "Gap: the unweighted mean of the OOD domains minus ID test, "
                                                       "taken seed by seed; positive is a loss."
                                                     : "Gap: ID test minus the unweighted mean of the OOD domains, "
                                                       "taken seed by seed; positive is a loss.");
        if (m_marked)
            notes.push_back(
                fmt::format("Bold: best {} of the column{}. Underlined: not told apart from it by the exact sign-flip "
                            "test on {} (p > {:.3g}, not corrected for many comparisons).",
                            statisticText(m_options.statistic), m_testbeds.size() > 1 ? " on these data" : "",
                            m_options.statistic == Statistic::Mean ? "differences paired by seed"
                                                                   : "the mean of differences paired by seed",
                            alpha));
        if (m_silentTests > 0)
            notes.push_back(fmt::format(
                "n too small: {} with the best of a column {} fewer than {} shared seeds; no outcome of "
                "the test could be significant there, so nothing is underlined.",
                counted(m_silentTests, "comparison"), m_silentTests == 1 ? "has" : "have", fewestSeeds(alpha)));
        if (hasMissing()) notes.emplace_back("–: not measured, or not defined.");
        if (const auto others = settingsOfOtherMetrics(); others > 0)
            notes.push_back(counted(others, "setting") + " without any " + m_style.title +
                            ": judged by another metric, which shows what they reach.");
        if (m_grouped.unfinishedRuns > 0)
            notes.push_back("Left out: " + counted(m_grouped.unfinishedRuns, "run") + " that did not finish.");
        if (m_grouped.repeatedRuns > 0)
            notes.push_back("Left out: " + counted(m_grouped.repeatedRuns, "run") + " whose seed ran again later.");
        return notes;
    }

    bool hasMissing() const {
        for (const MeanColumn& column : meanColumns())
            for (std::size_t i = 0; i < column.values.size(); ++i)
                if (column.values[i].empty() && !column.sealed[i]) return true;
        return false;
    }

    ResultsTableOptions m_options;
    MetricStyle m_style;
    GroupedResults m_grouped;
    std::vector<std::string> m_oodRoles, m_provenance, m_testbeds;
    int m_silentTests = 0;
    bool m_marked = false;
};

ResultsTableOptions withMetric(ResultsTableOptions options, std::span<const ResultRow> rows) {
    if (options.metric.empty()) options.metric = usualMetric(rows);
    return options;
}

} // namespace

ResultsTable resultsTable(std::span<const ResultRow> rows, const ResultsTableOptions& options) {
    requireSpreadOf({.statistic = options.statistic, .spread = options.spread});
    return Builder(rows, withMetric(options, rows)).build();
}

namespace {

Cell runCell(const ResultRow& row, const std::string& role, const ResultsTableOptions& options) {
    const MetricStyle style = metricStyle(options.metric);
    const auto value = row.value(role, options.metric);
    if (!value) return row.hides(role) ? sealedCell() : missingCell();
    if (options.spread != Spread::Wilson) return numberCell(metricText(*value, style), *value);
    return shareCell(*value, row.rowCount(role, options.metric), style, options.level);
}

} // namespace

Table runsTable(std::span<const ResultRow> rows, const ResultsTableOptions& asked) {
    const ResultsTableOptions options = withMetric(asked, rows);
    requireSpreadOfRuns({.statistic = options.statistic, .spread = options.spread});
    const MetricStyle style = metricStyle(options.metric);
    const bool hasIntervals = options.spread == Spread::Wilson;
    if (hasIntervals && options.metric != "accuracy")
        throw Error("Wilson's interval is that of a share of rows: of accuracy, not of {}", style.title);
    std::vector<std::string> roles = oodRolesOf(rows);
    roles.insert(roles.begin(), options.idRole);
    Table table;
    table.caption = "Runs: " + style.title;
    table.columns = {{.title = "method"}, {.title = "taps"}, {.title = "seed", .align = Align::Right}};
    for (const std::string& role : roles)
        table.columns.push_back({.title = roleTitle(role),
                                 .align = Align::Right,
                                 .unit = style.percent ? "%" : "",
                                 .lowerIsBetter = style.lowerIsBetter});
    for (const ResultRow& row : rows) {
        if (!row.finished) continue;
        std::vector<Cell> cells = {textCell(row.method), textCell(row.taps),
                                   numberCell(std::to_string(row.seed), static_cast<double>(row.seed))};
        for (const std::string& role : roles)
            cells.push_back(runCell(row, role, options));
        table.rows.push_back(std::move(cells));
    }
    if (std::ranges::any_of(rows, [](const ResultRow& row) {
            return row.finished && row.rule.value_or(CandidateRule::IdVal) != CandidateRule::IdVal;
        })) {
        table.columns.push_back({.title = "rule"});
        std::size_t i = 0;
        for (const ResultRow& row : rows)
            if (row.finished)
                table.rows[i++].push_back(textCell(ruleText(row.rule) + (row.keepsWeights ? "" : "; without weights")));
    }
    table.notes = provenanceNotes(rows);
    if (hasIntervals) table.notes.push_back(spreadNote({.spread = options.spread, .level = options.level}));
    return table;
}

} // namespace levi
