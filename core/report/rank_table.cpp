// SPDX-License-Identifier: Apache-2.0
#include "core/report/rank_table.h"

#include "core/report/metric_style.h"
#include "core/report/setting_columns.h"
#include "core/stats/rank_tests.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace levi {
namespace {

constexpr int kThresholds = 10;

// Scores of all settings on the domains that every one of them has.
struct ScoreMatrix {
    std::vector<std::string> roles, incomplete;
    std::vector<std::vector<double>> scores; // a role each, a setting each
};

ScoreMatrix matrixOf(const GroupedResults& grouped, std::span<const ResultRow> rows, const std::string& metric) {
    ScoreMatrix matrix;
    for (const std::string& role : oodRolesOf(rows)) {
        std::vector<double> scores;
        for (const CellResults& cell : grouped.cells)
            if (const auto mean = cell.meanOf(role, metric)) scores.push_back(*mean);
        const bool isComplete = scores.size() == grouped.cells.size();
        (isComplete ? matrix.roles : matrix.incomplete).push_back(role);
        if (isComplete) matrix.scores.push_back(std::move(scores));
    }
    return matrix;
}

std::vector<std::string> titlesOf(const std::vector<std::string>& roles) {
    std::vector<std::string> titles;
    for (const std::string& role : roles)
        titles.push_back(roleTitle(role));
    return titles;
}

Cell rankCell(double rank) {
    return numberCell(fmt::format("{:.3g}", rank), rank);
}

void addRanks(Table& table, const ScoreMatrix& matrix, const Friedman& test, const FriedmanOptions& options) {
    for (std::size_t role = 0; role < matrix.roles.size(); ++role) {
        const auto ranks = friedmanTest({matrix.scores[role]}, options).meanRanks;
        table.columns.push_back({.title = roleTitle(matrix.roles[role]), .align = Align::Right});
        for (std::size_t i = 0; i < ranks.size(); ++i)
            table.rows[i].push_back(rankCell(ranks[i]));
    }
    table.columns.push_back({.title = "mean rank", .align = Align::Right, .lowerIsBetter = true});
    const double best = *std::ranges::min_element(test.meanRanks);
    const double critical = matrix.roles.size() < 2 ? 0 : test.criticalDifference.value_or(0);
    for (std::size_t i = 0; i < test.meanRanks.size(); ++i) {
        Cell cell = rankCell(test.meanRanks[i]);
        cell.bold = test.meanRanks[i] == best;
        cell.tied = !cell.bold && test.meanRanks[i] - best <= critical;
        table.rows[i].push_back(std::move(cell));
    }
}

std::string friedmanNote(const Friedman& test, std::size_t domains, double alpha) {
    if (domains < 2) return "One domain: its ranks, and no test of them. Friedman's needs two domains or more.";
    if (!test.p) return "Friedman: every domain ties all settings.";
    std::string note =
        fmt::format("Friedman over {} domains: chi² = {:.3g}, p = {:.2g} (an approximation that is rough below "
                    "10 domains).",
                    domains, *test.chi2, *test.p);
    return note +
           fmt::format(" Nemenyi at {:g}: mean ranks that differ by more than {:.3g} are told apart; underlined: "
                       "not told apart from the best.",
                       alpha, *test.criticalDifference);
}

std::vector<double> oodScores(const CellResults& cell, const std::vector<std::string>& roles,
                              const std::string& metric) {
    std::vector<double> scores;
    for (const std::string& role : roles)
        for (const auto& [seed, value] : cell.values(role, metric))
            scores.push_back(value);
    return scores;
}

// Evenly from the worst to the best of all; none where there is no score.
std::vector<double> thresholdsOf(const std::vector<std::vector<double>>& scores) {
    std::vector<double> all, thresholds;
    for (const auto& some : scores)
        all.insert(all.end(), some.begin(), some.end());
    if (all.empty()) return {};
    const auto [low, high] = std::ranges::minmax(all);
    for (int i = 0; i < kThresholds; ++i)
        thresholds.push_back(std::lerp(low, high, i / (kThresholds - 1.0)));
    return thresholds;
}

void addShares(std::vector<Cell>& row, const std::vector<double>& scores, const std::vector<double>& thresholds,
               bool higherIsBetter) {
    const auto shares = scores.empty() ? std::vector<double>() : performanceProfile(scores, thresholds, higherIsBetter);
    for (std::size_t i = 0; i < thresholds.size(); ++i)
        row.push_back(shares.empty() ? missingCell() : numberCell(fmt::format("{:.0f}", 100 * shares[i]), shares[i]));
}

} // namespace

Table rankTable(std::span<const ResultRow> rows, const RankOptions& options) {
    const GroupedResults grouped = groupByCell(rows);
    const MetricStyle style = metricStyle(options.metric);
    const ScoreMatrix matrix = matrixOf(grouped, rows, options.metric);
    Table table;
    table.caption = "Ranks by " + style.title + " over OOD domains";
    addSettingColumns(table, grouped.cells);
    table.notes = provenanceNotes(rows);
    if (!matrix.incomplete.empty())
        table.notes.push_back(
            fmt::format("Left out, because a setting lacks them: {}.", fmt::join(titlesOf(matrix.incomplete), ", ")));
    if (grouped.cells.size() < 2 || matrix.roles.empty()) {
        table.notes.push_back(fmt::format("No ranks: found {} settings and {} domains that all of them have, expected "
                                          "two or more and one.",
                                          grouped.cells.size(), matrix.roles.size()));
        return table;
    }
    const FriedmanOptions friedman{.higherIsBetter = !style.lowerIsBetter, .alpha = options.alpha};
    const Friedman test = friedmanTest(matrix.scores, friedman);
    addRanks(table, matrix, test, friedman);
    table.notes.push_back(friedmanNote(test, matrix.roles.size(), options.alpha));
    return table;
}

Table profileTable(std::span<const ResultRow> rows, const RankOptions& options) {
    const GroupedResults grouped = groupByCell(rows);
    const MetricStyle style = metricStyle(options.metric);
    std::vector<std::vector<double>> scores;
    for (const CellResults& cell : grouped.cells)
        scores.push_back(oodScores(cell, oodRolesOf(rows), options.metric));
    Table table;
    table.caption = "Performance profile: " + style.title + " on OOD domains";
    addSettingColumns(table, grouped.cells);
    table.notes = provenanceNotes(rows);
    const auto thresholds = thresholdsOf(scores);
    for (const double threshold : thresholds)
        table.columns.push_back({.title = (style.lowerIsBetter ? "≤ " : "≥ ") + metricText(threshold, style),
                                 .align = Align::Right,
                                 .unit = "%"});
    for (std::size_t i = 0; i < scores.size(); ++i)
        addShares(table.rows[i], scores[i], thresholds, !style.lowerIsBetter);
    table.notes.emplace_back("Share of runs and OOD domains whose figure reaches the threshold (Agarwal et al. 2021).");
    return table;
}

} // namespace levi
