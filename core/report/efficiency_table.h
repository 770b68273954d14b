// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/report/result_rows.h"
#include "core/report/results_table.h"

#include <span>

namespace levi {

// What training and answering cost: a row a setting, means over its seeds. Inference also relative to the bare
// backbone, where that was measured. What nobody measured is an en dash.
Table efficiencyTable(std::span<const ResultRow> rows);

// The same columns behind those of a table of these rows, each setting's in its row. Throws Error for a table that is
// not of a row a setting.
void addEfficiencyColumns(ResultsTable& results, std::span<const ResultRow> rows);

} // namespace levi
