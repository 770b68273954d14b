// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace levi {

struct Table;

// Throws Error for a table without columns, or with a row of another length: every writer begins with it.
void checkTable(const Table& table);

} // namespace levi
