// SPDX-License-Identifier: Apache-2.0
#include "core/report/asked_table.h"

#include "core/base/error.h"
#include "core/report/efficiency_table.h"
#include "core/report/groups_table.h"
#include "core/report/rank_table.h"
#include "core/report/results_table.h"
#include "core/report/robustness_table.h"
#include "core/report/store_rows.h"
#include "core/report/study_page.h"
#include "core/report/validation_table.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace levi {
namespace {

constexpr std::array kKinds = {
    TableKindInfo{.kind = TableKind::Results,
                  .key = "results",
                  .title = "Results",
                  .explanation = "A row a setting: mean and interval over its seeds, in and out of distribution.",
                  .takesMetric = true,
                  .takesStatistic = true,
                  .takesSpread = true,
                  .takesLevel = true},
    TableKindInfo{.kind = TableKind::Runs,
                  .key = "runs",
                  .title = "Single runs",
                  .explanation = "A row a run: the seeds behind the means.",
                  .takesMetric = true,
                  .takesSpread = true,
                  .takesLevel = true},
    TableKindInfo{.kind = TableKind::Efficiency,
                  .key = "efficiency",
                  .title = "Costs",
                  .explanation = "What training and answering cost, a row a setting."},
    TableKindInfo{.kind = TableKind::Comparisons,
                  .key = "comparisons",
                  .title = "Comparisons",
                  .explanation = "The comparisons that a study states, tested together and paired by seed.",
                  .needsStudy = true,
                  .takesMetric = true},
    TableKindInfo{.kind = TableKind::Ranks,
                  .key = "ranks",
                  .title = "Ranks",
                  .explanation = "Ranks on each OOD domain and their mean, with Friedman's test and Nemenyi's critical "
                                 "difference.",
                  .takesMetric = true,
                  .takesLevel = true},
    TableKindInfo{.kind = TableKind::Profile,
                  .key = "profile",
                  .title = "Performance profile",
                  .explanation = "The share of a setting's runs and OOD domains that reach each of ten thresholds.",
                  .takesMetric = true},
    TableKindInfo{.kind = TableKind::Robustness,
                  .key = "robustness",
                  .title = "Effective robustness",
                  .explanation = "How far the OOD accuracy of a setting lies above the line that the ID and OOD "
                                 "accuracies of the baselines make.",
                  .takesBaselines = true},
    TableKindInfo{.kind = TableKind::Groups,
                  .key = "groups",
                  .title = "Groups",
                  .explanation = "WILDS' figures of test roles with several groups: the average, the worst group, the "
                                 "adjusted average."},
    TableKindInfo{.kind = TableKind::Validation,
                  .key = "validation",
                  .title = "Validation",
                  .explanation = "A row a setting on validation rows alone, without a test figure.",
                  .isOfValidation = true,
                  .takesMetric = true},
    TableKindInfo{.kind = TableKind::Tuning,
                  .key = "tuning",
                  .title = "Tuning",
                  .explanation = "The best and the worst trial of each method on id_val, without a test figure.",
                  .isOfValidation = true,
                  .takesMetric = true},
};

std::string metricOf(std::span<const ResultRow> rows, const TableRequest& request, const StudyPlan* study) {
    if (!request.metric.empty()) return request.metric;
    return study ? study->metric : usualMetric(rows);
}

// Without the results, which may have costs behind them.
Table otherTable(std::span<const ResultRow> rows, const TableRequest& request, const ResultsTableOptions& options,
                 const StudyPlan* study) {
    const RankOptions ranks{.metric = options.metric, .alpha = 1 - options.level};
    switch (request.kind) {
    case TableKind::Efficiency:
        return efficiencyTable(rows);
    case TableKind::Comparisons:
        if (const std::string lack = lackOfStudy(request.kind, study); !lack.empty()) throw Error(lack);
        return comparisonsTable(*study, rows, options.metric);
    case TableKind::Ranks:
        return rankTable(rows, ranks);
    case TableKind::Profile:
        return profileTable(rows, ranks);
    case TableKind::Robustness:
        return robustnessTable(rows, {.scale = request.scale, .baselines = request.baselines});
    case TableKind::Groups:
        return groupsTable(rows);
    case TableKind::Validation:
        return validationTable(rows, options.metric);
    case TableKind::Tuning:
        return tuningTable(rows, options.metric);
    case TableKind::Results:
    case TableKind::Runs:
        break;
    }
    return runsTable(rows, options);
}

} // namespace

std::span<const TableKindInfo> tableKinds() {
    return kKinds;
}

const TableKindInfo& infoOf(TableKind kind) {
    return *std::ranges::find(kKinds, kind, &TableKindInfo::kind);
}

const TableKindInfo& tableKindNamed(std::string_view key) {
    const auto found = std::ranges::find(kKinds, key, &TableKindInfo::key);
    if (found != kKinds.end()) return *found;
    std::vector<std::string_view> keys;
    std::ranges::transform(kKinds, std::back_inserter(keys), &TableKindInfo::key);
    throw Error("found the table '{}', expected one of {}", key, fmt::join(keys, " | "));
}

std::vector<ResultRow> tableRows(std::span<const RunSummary> runs, bool byName) {
    std::vector<ResultRow> rows = resultRows(runs);
    return byName ? mergedByName(rows) : rows;
}

Table askedTable(std::span<const ResultRow> rows, const TableRequest& request, const StudyPlan* study) {
    const ResultsTableOptions options{.metric = metricOf(rows, request, study),
                                      .spread = request.statistic.spread,
                                      .level = request.statistic.level,
                                      .statistic = request.statistic.statistic};
    ResultsTable made = request.kind == TableKind::Results
                            ? resultsTable(rows, options)
                            : ResultsTable{.table = otherTable(rows, request, options, study), .cells = {}};
    if (request.addsCosts) addEfficiencyColumns(made, rows);
    return std::move(made.table);
}

std::string lackOfStudy(TableKind kind, const StudyPlan* study) {
    const TableKindInfo& info = infoOf(kind);
    if (!info.needsStudy || (study && !study->family.empty())) return {};
    return fmt::format("{}: belong to a study that states a family of them", info.key);
}

bool showsTestFigures(TableKind kind, std::span<const ResultRow> rows) {
    return !infoOf(kind).isOfValidation ||
           std::ranges::any_of(rows, [](const ResultRow& row) { return row.rule && isOracle(*row.rule); });
}

} // namespace levi
