// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/report/metric_style.h"
#include "core/report/result_rows.h"
#include "core/report/table.h"
#include "core/stats/comparison_family.h"
#include "core/store/study_records.h"

#include <span>
#include <string>
#include <vector>

namespace levi {

struct FamilyRequest {
    std::vector<StudyComparison> family; // settings by name or by the first digits of their cell's key
    std::string metric = "accuracy";
    FamilyOptions options;
};

// One test of a family: a candidate against a baseline in one test role, over the seeds that both have.
struct FamilyTest {
    StudyComparison pair;
    std::string role;
    std::string setting; // tells settings of one name apart: which domains are held out; "" where there is one
    SeedPairs pairs;     // candidate - baseline, turned so that positive is better
    FamilyComparison result;
    bool sealed = false;
};

// Every comparison of the family in every test role that both settings have; Holm goes over all primary ones at once,
// the exploratory ones stand for themselves and come last.
// Settings of one name are told apart by their test roles, so that "LEVI" against "linear probe" is one test a held-out
// domain. Throws Error where a name means two settings with the same test roles.
std::vector<FamilyTest> familyTests(std::span<const ResultRow> rows, const FamilyRequest& request);

// "Exploratory: …", what a reader has to know of rows that decide nothing; "" where there are none.
std::string exploratoryNote(std::size_t comparisons);

// What a table shows of a test: difference with its interval, adjusted p, probability of superiority, n, verdict.
struct JudgedComparison {
    FamilyComparison result;
    bool isExploratory = false;
    std::size_t seeds = 0;
    bool sealed = false;
};
std::vector<Column> verdictColumns(const MetricStyle& style);
std::vector<Cell> verdictCells(const JudgedComparison& judged, const MetricStyle& style, const FamilyOptions& options);

// A row a test: difference with its interval, adjusted p, probability of superiority, n, verdict.
Table familyTable(std::span<const ResultRow> rows, const FamilyRequest& request);

} // namespace levi
