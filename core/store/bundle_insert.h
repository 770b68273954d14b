// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/store/bundle_reader.h"
#include "core/store/run_bundle.h"

namespace SQLite {
class Database;
}

namespace levi {

// A bundle's studies and runs as rows of the store, where it lacks them. Inside a transaction of the caller; throws
// Error where a study of that name states something else or is sealed, SQLite::Exception else.
BundleReport insertBundle(SQLite::Database& database, const Bundle& bundle);

// A finished run with all that a bundle holds of it. Throws Error where a seal hides its figures.
StoredRun readStoredRun(SQLite::Database& database, std::int64_t run);

} // namespace levi
