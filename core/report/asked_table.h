// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/report/result_rows.h"
#include "core/report/seed_statistic.h"
#include "core/report/table.h"
#include "core/stats/robustness.h"
#include "core/store/run_records.h"
#include "core/store/study_records.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace levi {

// What can be asked of one set of rows, by the command line and by the window alike.
enum class TableKind { Results, Runs, Efficiency, Comparisons, Ranks, Profile, Robustness, Groups, Validation, Tuning };

struct TableKindInfo {
    TableKind kind;
    std::string_view key; // that people type
    std::string_view title;
    std::string_view explanation; // one sentence
    bool needsStudy = false;      // one that states a family of comparisons
    bool isOfValidation = false;  // shows no test figure
    // Which members of a request it reads; the others change nothing.
    bool takesMetric = false, takesStatistic = false, takesSpread = false, takesLevel = false;
    bool takesBaselines = false; // and the scale
};
std::span<const TableKindInfo> tableKinds(); // in the order in which they are offered
const TableKindInfo& infoOf(TableKind kind);
const TableKindInfo& tableKindNamed(std::string_view key); // throws Error listing them

struct TableRequest {
    TableKind kind = TableKind::Results;
    bool addsCosts = false;  // behind the columns of the results
    std::string metric;      // "": the study's, or what the rows are judged by
    SeedStatistic statistic; // 1 - level is the threshold of the tests
    AccuracyScale scale = AccuracyScale::Logit;
    std::vector<std::string> baselines; // empty: all others but those of LEVI
};

// byName: a row a name and seed, see mergedByName(), which may throw Error.
std::vector<ResultRow> tableRows(std::span<const RunSummary> runs, bool byName);

// study: whose runs the rows are; null: of all. Throws Error where these rows have no such table.
Table askedTable(std::span<const ResultRow> rows, const TableRequest& request, const StudyPlan* study = nullptr);

// A sentence where the table needs a study that states a family, and this is none; else "".
std::string lackOfStudy(TableKind kind, const StudyPlan* study);

// Also figures of validation rows, where an oracle picked the candidates on test rows.
bool showsTestFigures(TableKind kind, std::span<const ResultRow> rows);

} // namespace levi
