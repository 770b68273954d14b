// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/report/result_rows.h"
#include "core/report/table.h"

#include <span>
#include <string>

namespace levi {

struct RankOptions {
    std::string metric = "accuracy";
    double alpha = 0.05;
};

// Settings over many data sets (Demsar 2006): the OOD domains are the data sets, means over seeds the scores. A row a
// setting: its rank on each domain, its mean rank; a note with Friedman's test and Nemenyi's critical difference.
// Domains that a setting lacks are left out for all, and named. Without two settings and a domain a note says why there
// are no ranks.
Table rankTable(std::span<const ResultRow> rows, const RankOptions& options = {});

// Performance profile: a row a setting, the share of its runs' scores on all OOD domains that reach each of ten
// thresholds, which lie evenly between the worst and the best score.
Table profileTable(std::span<const ResultRow> rows, const RankOptions& options = {});

} // namespace levi
