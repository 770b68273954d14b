// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/report/result_rows.h"
#include "core/report/seed_statistic.h"
#include "core/report/table.h"

#include <span>
#include <string>
#include <vector>

namespace levi {

struct ResultsTableOptions {
    std::string metric; // "": what the rows are judged by, see usualMetric
    Spread spread = Spread::TInterval;
    double level = 0.95; // of the interval; 1 - level is the threshold of the paired test
    Statistic statistic = Statistic::Mean;
    std::string idRole = "id_test";
};

struct ResultsTable {
    Table table;
    std::vector<std::string> cells; // the key of each row's setting
};

// The table of the paper: a row a setting, columns method, taps, the data where there are several testbeds, ID test,
// each OOD domain, gap, n. Best of a testbed in a column bold; those that the exact sign-flip test, paired by seed,
// does not tell apart from it are underlined; with too few shared seeds the test cannot speak and nothing is
// underlined, and a note says so. Raw values in the cells: see statisticCell. Missing is an en dash.
ResultsTable resultsTable(std::span<const ResultRow> rows, const ResultsTableOptions& options = {});

// The same, a row a run: for the seeds behind the means. With Spread::Wilson each accuracy has its interval.
Table runsTable(std::span<const ResultRow> rows, const ResultsTableOptions& options = {});

} // namespace levi
