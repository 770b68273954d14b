// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/loaded_rows.h"
#include "core/engine/data/table_rows.h"

#include <string>
#include <vector>

namespace levi {

// Drops rows that no role has: their split column says so, or their domain is not named. Returns problems: domains that
// are not there, nothing to train on.
std::vector<std::string> keepUsedRows(const TableOptions& options, std::vector<TableRow>& rows);

// Makes the table of rows (all but its source) in the order given, with classes, domains, groups and users, and puts
// them into roles: as the split column says, or by domains and shares. Where a split column gives no row to id_val, it
// is drawn from the training rows. Adds to problems and notes.
void placeRows(LoadedRows& loaded, const TableOptions& options, const std::vector<TableRow>& rows);

} // namespace levi
