// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/report/html_report.h"
#include "core/report/result_rows.h"
#include "core/store/study_records.h"

#include <span>
#include <string>
#include <vector>

namespace levi {

// What a report says of one study. `rows` may hold runs of others too. Comparisons and their
// figures take the seeds that the study states, where it states some; a note names others.

// A row a comparison that the study states: both settings' mean over the OOD domains, their difference paired by seed,
// and the verdict: one test a comparison (Endpoint::OodMean). Primary ones first, adjusted for one another; exploratory
// ones below. Of several settings of one name the last counts, and a note says so.
Table studyTable(const StudyPlan& plan, std::span<const ResultRow> rows);

// The one table of comparisons of a study, by its endpoint: studyTable, or familyTable over its own runs, which tells
// settings of one name apart by the domains that they hold out, and throws Error where that does not.
// On another metric or on candidates of another selection rule than the study states, all its comparisons are
// exploratory and without the margin, and a note says why: what decides is what was stated. metric "": the study's.
Table comparisonsTable(const StudyPlan& stated, std::span<const ResultRow> rows, const std::string& metric = {});

// Settings of the study in the order of its comparisons: ID and OOD with their intervals. Without a value that can be
// shown (sealed, or not yet run): none.
std::vector<Figure> studyFigures(const StudyPlan& plan, std::span<const ResultRow> rows);

// Methods against what was done to pretraining and to the data: settings named "METHOD (clean, biased)" by
// premiseName(). A row a method, a column a condition, mean over the OOD domains. No rows: no such settings.
struct Condition {
    std::string pretraining; // clean | flawed; any: the method reads no backbone
    std::string data;        // unbiased | biased
};
std::string premiseName(const std::string& method, const Condition& condition);
Table premiseTable(std::span<const ResultRow> rows, const std::string& metric);
std::vector<Figure> premiseFigures(std::span<const ResultRow> rows, const std::string& metric);

// All of these that have something to say of the study, its comparisons apart.
struct StudyPage {
    std::vector<Table> tables;
    std::vector<Figure> figures;
};
StudyPage studyPage(const StudyPlan& plan, std::span<const ResultRow> rows);

} // namespace levi
