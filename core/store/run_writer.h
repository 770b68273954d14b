// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/store/stored_run.h"

#include <cstdint>
#include <string>
#include <vector>

namespace SQLite {
class Database;
}

namespace levi {

// Records as rows of the store. Inside a transaction of the caller; throws SQLite::Exception, and Error for what a
// run's state does not allow.
std::int64_t insertRun(SQLite::Database& database, const NewRun& run);
std::int64_t insertCandidate(SQLite::Database& database, std::int64_t run, const CandidateRecord& candidate);
void insertLog(SQLite::Database& database, std::int64_t run, const std::vector<LogLine>& lines);
void insertArtifact(SQLite::Database& database, std::int64_t run, const ArtifactRecord& artifact);
void insertNamedTexts(SQLite::Database& database, std::int64_t run, const std::vector<NamedText>& texts);
// A finished run from elsewhere, in one piece; it belongs to no process.
std::int64_t insertStoredRun(SQLite::Database& database, const StoredRun& run,
                             const std::vector<std::int64_t>& parents);
void updateEnd(SQLite::Database& database, std::int64_t run, const RunEnd& end);

void insertCell(SQLite::Database& database, const std::string& key, const std::string& canonicalText);
void dropUnusedCells(SQLite::Database& database);

inline constexpr const char* kProcessIsGone = "The process that ran it is gone."; // message of an interrupted run

// What reading computes of runs whose process is gone, written down: by whoever writes next.
void keepInterruptions(SQLite::Database& database);

std::string storedState(SQLite::Database& database, std::int64_t run); // throws Error where there is no such run
void requireRunning(SQLite::Database& database, std::int64_t run);
void requireNoChildren(SQLite::Database& database, std::int64_t run);

} // namespace levi
