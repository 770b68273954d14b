// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/store/schema.h"

#include <filesystem>
#include <memory>
#include <span>

namespace SQLite {
class Database;
}

namespace levi {

// Opens a store for writing: makes the file where it is absent or empty, migrates an older one after a backup beside it
// (<file>.v<N>.bak, or .v<N>.bak2 … where that name is taken). Throws Error, leaving the file as it is, where it is no
// store, newer than `migrations`, or where a migration fails. WAL, foreign keys on, 30 s busy time-out.
std::unique_ptr<SQLite::Database> openStoreForWriting(const std::filesystem::path& file,
                                                      std::span<const Migration> migrations);

// Migrates an existing older store, as opening it for writing does. Leaves everything as it is, without a word, where
// that cannot be: opening it says why.
void migrateIfOlder(const std::filesystem::path& file, std::span<const Migration> migrations);

// Opens an existing store of the newest version; writes nothing.
std::unique_ptr<SQLite::Database> openStoreForReading(const std::filesystem::path& file,
                                                      std::span<const Migration> migrations);

} // namespace levi
