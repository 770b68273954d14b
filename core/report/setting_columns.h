// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/report/result_rows.h"
#include "core/report/table.h"

#include <functional>
#include <span>

namespace levi {

// A cell a setting, as a new column; the first one makes the rows.
void addColumn(Table& table, Column head, std::span<const CellResults> cells,
               const std::function<Cell(const CellResults&)>& cellOf);

// What names a setting: method and taps; its data where there are several testbeds; its label where those do not tell
// the rows apart; its selection rule where that is not the runs' own pick.
void addSettingColumns(Table& table, std::span<const CellResults> cells);

// For tables whose rows are no settings: the same rule in each row, so that it is not lost where notes are left out.
// "" and id_val, which runs pick by themselves: no column.
void addRuleColumn(Table& table, const std::string& rule);

} // namespace levi
