// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/report/result_rows.h"
#include "core/report/table.h"

#include <span>

namespace levi {

// What training and answering cost: a row a setting, means over its seeds. Inference also relative to the bare
// backbone, where that was measured. What nobody measured is an en dash.
Table efficiencyTable(std::span<const ResultRow> rows);

// The same columns behind those of another table of these rows that has a row a setting. Throws Error for one that has
// not.
void addEfficiencyColumns(Table& table, std::span<const ResultRow> rows);

} // namespace levi
