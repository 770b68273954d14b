// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/loaded_rows.h"
#include "core/engine/data/table_rows.h"

#include <memory>
#include <string>
#include <vector>

namespace levi {

// Drops rows that no role has: their split column says so, or their domain is not named. Adds to the domains found and
// to problems: domains that are not there, nothing to train on, also by the split column. name: of the table.
void keepUsedRows(const TableOptions& options, const std::string& name, std::vector<TableRow>& rows,
                  LoadedRows& loaded);

// Makes the table of rows in the order given, with classes, domains, groups and users, and puts them into roles: as the
// split column says, or by domains and shares. Where a split column gives no row to id_val, it is drawn from the
// training rows. With a source, which becomes the table's, rows of equal content are drawn into one role. Adds to
// problems and notes.
void placeRows(LoadedRows& loaded, const TableOptions& options, const std::vector<TableRow>& rows,
               const std::shared_ptr<const SampleSource>& source = nullptr);

} // namespace levi
