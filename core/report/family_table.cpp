// SPDX-License-Identifier: Apache-2.0
#include "core/report/family_table.h"

#include "core/base/error.h"
#include "core/report/metric_style.h"
#include "core/report/setting_columns.h"
#include "core/spec/cell_prefix.h"
#include "core/spec/roles.h"
#include "core/store/run_records.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <set>

namespace levi {
namespace {

using Roles = std::set<std::string>;

Roles testRolesOf(const CellResults& cell) {
    Roles roles;
    for (const auto& [seed, run] : cell.runs)
        for (const auto& [role, metrics] : run->roles)
            if (isTestRole(role)) roles.insert(role);
    return roles;
}

// The settings that a name means; where none has it, those whose cell begins so. By their test roles.
std::map<Roles, const CellResults*> settingsNamed(const GroupedResults& grouped, const std::string& name) {
    std::vector<const CellResults*> found;
    for (const CellResults& cell : grouped.cells)
        if (cell.method == name) found.push_back(&cell);
    if (found.empty())
        for (const CellResults& cell : grouped.cells)
            if (isCellPrefix(name, cell.cell)) found.push_back(&cell);
    std::map<Roles, const CellResults*> settings;
    for (const CellResults* cell : found) {
        const auto [place, isNew] = settings.emplace(testRolesOf(*cell), cell);
        if (!isNew)
            throw Error(
                "'{}' of the family means the cells {} and {}, which are tested on the same domains; name one by "
                "the first digits of its key",
                name, place->second->cell, cell->cell);
    }
    return settings;
}

std::string settingText(const Roles& roles) {
    std::vector<std::string> domains;
    for (const std::string& role : roles)
        if (role.starts_with(kOodTestPrefix)) domains.push_back(roleTitle(role));
    return fmt::format("{} held out", fmt::join(domains, ", "));
}

SeedPairs turned(SeedPairs pairs, bool lowerIsBetter) {
    if (lowerIsBetter)
        for (double& difference : pairs.differences)
            difference = -difference;
    return pairs;
}

std::vector<FamilyTest> testsOf(const GroupedResults& grouped, const StudyComparison& pair, const std::string& metric) {
    const auto candidates = settingsNamed(grouped, pair.candidate), baselines = settingsNamed(grouped, pair.baseline);
    std::vector<FamilyTest> tests;
    for (const auto& [roles, candidate] : candidates) {
        const auto baseline = baselines.find(roles);
        if (baseline == baselines.end()) continue;
        for (const std::string& role : roles)
            tests.push_back(
                {.pair = pair,
                 .role = role,
                 .setting = candidates.size() > 1 ? settingText(roles) : "",
                 .pairs = turned(pairBySeed(candidate->values(role, metric), baseline->second->values(role, metric)),
                                 metricStyle(metric).lowerIsBetter),
                 .result = {},
                 .sealed = candidate->hides(role) || baseline->second->hides(role)});
    }
    return tests;
}

Cell differenceCell(const FamilyComparison& result, bool sealed, const MetricStyle& style) {
    const auto& difference = result.difference;
    if (!difference) return sealed ? sealedCell() : missingCell();
    std::string text = metricText(difference->mean, style);
    if (const auto half = difference->halfWidth()) text += " ± " + metricText(*half, style);
    Cell cell = numberCell(std::move(text), difference->mean);
    const auto interval = difference->interval;
    cell.details = {{"low", interval ? std::optional(interval->low) : std::nullopt},
                    {"high", interval ? std::optional(interval->high) : std::nullopt},
                    {"sd", difference->sd}};
    return cell;
}

Cell pCell(const FamilyComparison& result, bool sealed) {
    if (!result.difference) return sealed ? sealedCell() : missingCell();
    Cell cell = numberCell(pText(result.adjustedP), result.adjustedP);
    cell.details = {{"alone", result.test.p}, {"floor", result.smallestAdjustedP}};
    return cell;
}

Cell superiorityCell(const FamilyComparison& result, bool sealed) {
    if (!result.superiority) return sealed ? sealedCell() : missingCell();
    return numberCell(fmt::format("{:.2f}", *result.superiority), *result.superiority);
}

std::vector<Cell> rowOf(const FamilyTest& test, const FamilyRequest& request, const MetricStyle& style) {
    std::vector<Cell> cells = {
        textCell(test.pair.candidate + " against " + test.pair.baseline),
        textCell(roleTitle(test.role) + (test.setting.empty() ? "" : " (" + test.setting + ")"))};
    std::ranges::move(verdictCells({.result = test.result,
                                    .isExploratory = test.pair.isExploratory,
                                    .seeds = test.pairs.seeds.size(),
                                    .sealed = test.sealed},
                                   style, request.options),
                      std::back_inserter(cells));
    return cells;
}

std::vector<StudyComparison> chosen(const std::vector<StudyComparison>& family, bool exploratory) {
    return StudyPlan{.family = family}.comparisons(exploratory);
}

// Of the family as it was stated: comparisons that wait for their runs count from the beginning, each for as many tests
// as the largest of the others has, so that no p rises when they come.
std::size_t statedTests(const std::vector<FamilyTest>& tests, std::size_t pairs) {
    std::map<std::pair<std::string, std::string>, std::size_t> found;
    for (const FamilyTest& test : tests)
        ++found[{test.pair.candidate, test.pair.baseline}];
    std::size_t most = 1;
    for (const auto& [pair, count] : found)
        most = std::max(most, count);
    return tests.size() + (pairs - std::min(pairs, found.size())) * most;
}

std::vector<std::string> notesOf(const std::vector<FamilyTest>& tests, const FamilyRequest& request,
                                 const MetricStyle& style) {
    const double alpha = request.options.alpha;
    std::vector<FamilyTest> primary;
    std::ranges::copy_if(tests, std::back_inserter(primary),
                         [](const FamilyTest& test) { return !test.pair.isExploratory; });
    const std::size_t stated = statedTests(primary, chosen(request.family, false).size());
    const auto size = static_cast<std::int64_t>(std::max<std::size_t>(1, stated));
    std::vector<std::string> notes = {fmt::format("Differences are paired by seed and turned so that positive is "
                                                  "better for the candidate; ± is half the width of "
                                                  "the {:g} % t-interval of one difference. p: exact sign-flip test, "
                                                  "adjusted after Holm over the {} tests of the "
                                                  "family; no p below alpha = {:g} is possible with fewer than {} "
                                                  "seeds. P: share of seeds in which the candidate "
                                                  "is better, ties half.",
                                                  100 * (1 - alpha), size, alpha, fewestSeeds(alpha, size))};
    if (request.options.margin)
        notes.push_back(fmt::format("Practically equal: the interval at 1 - 2 alpha / {} lies within the margin of {} "
                                    "that was stated beforehand.",
                                    size, marginText(*request.options.margin, style)));
    if (std::string note = exploratoryNote(chosen(request.family, true).size()); !note.empty())
        notes.push_back(std::move(note));
    std::set<std::string> silent;
    for (const StudyComparison& pair : request.family)
        if (std::ranges::none_of(tests, [&](const FamilyTest& test) {
                return test.pair.candidate == pair.candidate && test.pair.baseline == pair.baseline;
            }))
            silent.insert(pair.candidate + " against " + pair.baseline);
    if (!silent.empty())
        notes.push_back(fmt::format("Not yet tested, for want of finished runs: {}.", fmt::join(silent, "; ")));
    return notes;
}

} // namespace

std::vector<FamilyTest> familyTests(std::span<const ResultRow> rows, const FamilyRequest& request) {
    const GroupedResults grouped = groupByCell(rows);
    const auto primary = chosen(request.family, false);
    std::vector<FamilyTest> tests;
    std::vector<std::vector<double>> differences;
    for (const StudyComparison& pair : primary)
        for (FamilyTest& test : testsOf(grouped, pair, request.metric)) {
            differences.push_back(test.pairs.differences);
            tests.push_back(std::move(test));
        }
    differences.resize(std::max(differences.size(), statedTests(tests, primary.size())));
    const auto results = compareFamily(differences, request.options);
    for (std::size_t i = 0; i < tests.size(); ++i)
        tests[i].result = results[i];
    for (const StudyComparison& pair : chosen(request.family, true))
        for (FamilyTest& test : testsOf(grouped, pair, request.metric)) {
            test.result = compareAlone(test.pairs.differences, request.options);
            tests.push_back(std::move(test));
        }
    return tests;
}

std::string exploratoryNote(std::size_t comparisons) {
    if (comparisons == 0) return {};
    return fmt::format("Exploratory: {} that the study did not state as an answer to its question. {} p is not "
                       "adjusted for anything else, and decides nothing.",
                       comparisons == 1 ? "one comparison" : fmt::format("{} comparisons", comparisons),
                       comparisons == 1 ? "Its" : "Their");
}

std::vector<Column> verdictColumns(const MetricStyle& style) {
    return {{.title = "difference", .align = Align::Right, .unit = style.percent ? "pp" : ""},
            {.title = "p", .align = Align::Right},
            {.title = "P(better)", .align = Align::Right},
            {.title = "n", .align = Align::Right},
            {.title = "verdict"}};
}

std::vector<Cell> verdictCells(const JudgedComparison& judged, const MetricStyle& style, const FamilyOptions& options) {
    const FamilyComparison& result = judged.result;
    const bool hidden = judged.sealed && !result.difference;
    const std::string verdict = hidden                 ? std::string(kSealed)
                                : judged.isExploratory ? exploratoryText(result)
                                                       : verdictText(result, options);
    return {differenceCell(result, judged.sealed, style), pCell(result, judged.sealed),
            superiorityCell(result, judged.sealed), integerCell(static_cast<std::int64_t>(judged.seeds)),
            textCell(verdict)};
}

Table familyTable(std::span<const ResultRow> rows, const FamilyRequest& request) {
    const MetricStyle style = metricStyle(request.metric);
    const auto tests = familyTests(rows, request);
    Table table;
    table.caption = "Comparisons: " + style.title;
    table.columns = {{.title = "comparison"}, {.title = "role"}};
    std::ranges::copy(verdictColumns(style), std::back_inserter(table.columns));
    for (const FamilyTest& test : tests)
        table.rows.push_back(rowOf(test, request, style));
    addRuleColumn(table, rulesText(rows));
    table.notes = provenanceNotes(rows);
    for (std::string& note : notesOf(tests, request, style))
        table.notes.push_back(std::move(note));
    return table;
}

} // namespace levi
