// SPDX-License-Identifier: Apache-2.0
#include "core/report/compare.h"

#include "core/base/numbers.h"
#include "core/report/metric_style.h"
#include "core/report/setting_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace levi {
namespace {

ValueOfSeed valuesOf(std::span<const ResultRow> rows, const std::string& role, const std::string& metric) {
    ValueOfSeed values;
    for (const ResultRow& row : rows) {
        if (!row.finished) continue;
        values.erase(row.seed); // the later run of a seed counts, also where it lacks the value
        if (const auto value = row.value(role, metric)) values[row.seed] = *value;
    }
    return values;
}

std::vector<std::string> rolesOf(std::span<const ResultRow> rowsA, std::span<const ResultRow> rowsB) {
    std::set<std::string> present, ood;
    for (const auto rows : {rowsA, rowsB}) {
        for (const ResultRow& row : rows)
            for (const auto& [role, metrics] : row.roles)
                if (row.finished) present.insert(role);
        for (const std::string& role : oodRolesOf(rows))
            ood.insert(role);
    }
    std::vector<std::string> roles;
    for (const char* role : {"id_val", "id_test", "ood_val"})
        if (present.contains(role)) roles.emplace_back(role);
    roles.insert(roles.end(), ood.begin(), ood.end());
    return roles;
}

std::vector<double> valuesOnly(const ValueOfSeed& values) {
    std::vector<double> numbers;
    for (const auto& [seed, value] : values)
        numbers.push_back(value);
    return numbers;
}

std::vector<double> turned(std::vector<double> differences, bool lowerIsBetter) {
    if (lowerIsBetter)
        for (double& difference : differences)
            difference = -difference;
    return differences;
}

bool anyHides(std::span<const ResultRow> rows, const std::string& role) {
    return std::ranges::any_of(rows, [&](const ResultRow& row) { return row.finished && row.hides(role); });
}

Cell meanCell(std::span<const double> values, const Comparison& comparison, bool sealed) {
    if (values.empty()) return sealed ? sealedCell() : missingCell();
    return statisticCell(values, metricStyle(comparison.metric),
                         {.statistic = comparison.statistic, .spread = comparison.spread, .level = comparison.level});
}

Cell pCell(const std::optional<double>& p, bool sealed) {
    return p ? numberCell(pText(*p), *p) : sealed ? sealedCell() : missingCell();
}

Cell superiorityCell(const std::optional<double>& superiority, bool sealed) {
    if (!superiority) return sealed ? sealedCell() : missingCell();
    return numberCell(fmt::format("{:.2f}", *superiority), *superiority);
}

// Bold: the better of two means; tied: the other one, where the test could have told them apart and did not.
void markBetter(Cell& a, Cell& b, const RoleComparison& role, const Comparison& comparison) {
    if (!a.value || !b.value) return;
    const bool lower = metricStyle(comparison.metric).lowerIsBetter;
    a.bold = lower ? *a.value <= *b.value : *a.value >= *b.value;
    b.bold = lower ? *b.value <= *a.value : *b.value >= *a.value;
    const double alpha = 1 - comparison.level;
    const auto& test = role.result.test;
    const bool isOpen = role.difference && test.smallestPossibleP <= alpha && test.p > alpha;
    a.tied = !a.bold && isOpen;
    b.tied = !b.bold && isOpen;
}

std::vector<Cell> comparisonRow(const RoleComparison& role, const Comparison& comparison) {
    Cell a = meanCell(valuesOnly(role.valuesA), comparison, role.sealedA),
         b = meanCell(valuesOnly(role.valuesB), comparison, role.sealedB);
    markBetter(a, b, role, comparison);
    const bool tested = role.difference.has_value(), sealed = role.sealedA || role.sealedB;
    const auto ifTested = [&](double p) { return tested ? std::optional(p) : std::nullopt; };
    return {textCell(roleTitle(role.role)),
            std::move(a),
            std::move(b),
            meanCell(role.pairs.differences, comparison, sealed),
            pCell(ifTested(role.result.test.p), sealed),
            pCell(ifTested(role.result.test.smallestPossibleP), sealed),
            superiorityCell(role.result.superiority, sealed),
            integerCell(static_cast<std::int64_t>(role.pairs.seeds.size())),
            textCell(role.verdict)};
}

std::string unpairedNote(const Comparison& comparison) {
    std::set<std::uint64_t> onlyA, onlyB;
    for (const RoleComparison& role : comparison.roles) {
        onlyA.insert(role.pairs.onlyA.begin(), role.pairs.onlyA.end());
        onlyB.insert(role.pairs.onlyB.begin(), role.pairs.onlyB.end());
    }
    std::string note;
    if (!onlyA.empty()) note += " Only A has seeds " + seedsText({onlyA.begin(), onlyA.end()}) + ".";
    if (!onlyB.empty()) note += " Only B has seeds " + seedsText({onlyB.begin(), onlyB.end()}) + ".";
    return note.empty() ? note : "Seeds that one side lacks do not enter the difference." + note;
}

void judge(RoleComparison& one, const Comparison& comparison) {
    const FamilyOptions options{.alpha = 1 - comparison.level, .margin = comparison.margin};
    one.difference = meanWithTInterval(one.pairs.differences, comparison.level);
    one.result = compareAlone(turned(one.pairs.differences, metricStyle(comparison.metric).lowerIsBetter), options);
    const bool isHidden = !one.difference && (one.sealedA || one.sealedB);
    one.verdict = isHidden ? std::string(kSealed) : verdictText(one.result, "A", "B", options);
}

std::vector<ResultRow> bothOf(std::span<const ResultRow> rowsA, std::span<const ResultRow> rowsB) {
    std::vector<ResultRow> rows(rowsA.begin(), rowsA.end());
    rows.insert(rows.end(), rowsB.begin(), rowsB.end());
    return rows;
}

} // namespace

Comparison compare(std::span<const ResultRow> rowsA, std::span<const ResultRow> rowsB, ComparisonRequest request) {
    requireSpreadOf({.statistic = request.statistic, .spread = request.spread});
    const std::vector<ResultRow> both = bothOf(rowsA, rowsB);
    Comparison comparison{.labelA = std::move(request.labelA),
                          .labelB = std::move(request.labelB),
                          .metric = std::move(request.metric),
                          .level = request.level,
                          .spread = request.spread,
                          .statistic = request.statistic,
                          .margin = request.margin,
                          .roles = {},
                          .differences = std::move(request.differences),
                          .provenance = provenanceNotes(both),
                          .rule = rulesText(both)};
    for (const std::string& role : rolesOf(rowsA, rowsB)) {
        const ValueOfSeed a = valuesOf(rowsA, role, comparison.metric);
        const ValueOfSeed b = valuesOf(rowsB, role, comparison.metric);
        RoleComparison one{.role = role,
                           .a = meanWithTInterval(valuesOnly(a), comparison.level),
                           .b = meanWithTInterval(valuesOnly(b), comparison.level),
                           .valuesA = a,
                           .valuesB = b,
                           .pairs = pairBySeed(a, b),
                           .difference = {},
                           .result = {},
                           .verdict = {},
                           .sealedA = anyHides(rowsA, role),
                           .sealedB = anyHides(rowsB, role)};
        judge(one, comparison);
        comparison.roles.push_back(std::move(one));
    }
    return comparison;
}

Table comparisonTable(const Comparison& comparison) {
    const MetricStyle style = metricStyle(comparison.metric);
    const std::string unit = style.percent ? "%" : "";
    Table table;
    table.caption = fmt::format("A: {}; B: {}; {}", comparison.labelA, comparison.labelB, style.title);
    table.columns = {{.title = "role"},
                     {.title = "A", .align = Align::Right, .unit = unit, .lowerIsBetter = style.lowerIsBetter},
                     {.title = "B", .align = Align::Right, .unit = unit, .lowerIsBetter = style.lowerIsBetter},
                     {.title = "A − B", .align = Align::Right, .unit = style.percent ? "pp" : ""},
                     {.title = "p", .align = Align::Right},
                     {.title = "smallest p", .align = Align::Right},
                     {.title = "P(A better)", .align = Align::Right},
                     {.title = "n", .align = Align::Right},
                     {.title = "verdict"}};
    for (const RoleComparison& role : comparison.roles)
        table.rows.push_back(comparisonRow(role, comparison));
    addRuleColumn(table, comparison.rule);
    table.notes = {
        spreadNote({.statistic = comparison.statistic, .spread = comparison.spread, .level = comparison.level}),
        "A − B is taken seed by seed over the n shared seeds.",
        "p: sign-flip test of the paired differences, two-sided, exact up to 20 seeds; smallest p: the "
        "least that n seeds allow; P(A better): share of seeds, ties half.",
        fmt::format(
            "Bold: the better one. Underlined: not told apart from it (p > {:.3g}); where n seeds allow no p so "
            "small, nothing is underlined.",
            1 - comparison.level)};
    if (comparison.margin)
        table.notes.push_back(fmt::format("Practically equal: the t-interval at {:g} % lies within the margin of {}.",
                                          200 * comparison.level - 100, marginText(*comparison.margin, style)));
    table.notes.insert(table.notes.begin(), comparison.provenance.begin(), comparison.provenance.end());
    if (std::string note = unpairedNote(comparison); !note.empty()) table.notes.push_back(std::move(note));
    return table;
}

Table differencesTable(const Comparison& comparison) {
    Table table;
    table.caption = "What differs";
    table.columns = {{.title = "field"}, {.title = "A"}, {.title = "B"}, {.title = "path"}};
    const auto valueCell = [](const std::string& text) {
        return textCell(text.empty() ? std::string(kMissing) : text);
    };
    for (const SpecDifference& one : comparison.differences)
        table.rows.push_back({textCell(one.label), valueCell(one.a), valueCell(one.b), textCell(one.path)});
    if (comparison.differences.empty()) table.notes = {"The two specs differ in nothing but seeds."};
    return table;
}

} // namespace levi
