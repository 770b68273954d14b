// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/report/result_rows.h"
#include "core/report/table.h"

#include <span>
#include <string>

namespace levi {

// Tables of validation roles alone, for tuning and for searches: they show no test figure, not even which there are. An
// oracle's pick of the rows is named.

// A row a setting: mean over its seeds on id_val (and on ood_val, where there is one), the difference to the first
// setting paired by seed, and NLL or what else the runs are chosen by beside it.
Table validationTable(std::span<const ResultRow> rows, const std::string& metric);

// A row a method: settings whose names differ only in what a sweep set ("LEVI, learning_rate=0.001") are its
// trials; the best and the worst of them on id_val, each the mean over its seeds, and what the best one set.
Table tuningTable(std::span<const ResultRow> rows, const std::string& metric);

} // namespace levi
