// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/stats/selection_rules.h"
#include "core/store/kept_files.h"
#include "core/store/run_records.h"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace SQLite {
class Database;
class Statement;
} // namespace SQLite

namespace levi {

struct RunQuery {
    std::optional<std::int64_t> only;
    std::optional<CandidateRule> rule; // absent: the run's own pick
};

// Rows of the store as records. Throws SQLite::Exception; what a run's state means today is already worked in: a
// running run whose process is gone reads as Interrupted.
std::vector<RunSummary> readRuns(SQLite::Database& database, const RunQuery& query = {});
std::vector<CandidateRecord> readCandidates(SQLite::Database& database, std::int64_t run);
std::vector<LogLine> readLog(SQLite::Database& database, std::int64_t run, std::int64_t afterId);
std::map<std::int64_t, KeptFiles> readKeptFiles(SQLite::Database& database);
std::vector<ArtifactRecord> readArtifacts(SQLite::Database& database, std::int64_t run);
// Without those that hold predictions on test roles, where a seal hides these.
std::vector<ArtifactRecord> readOpenArtifacts(SQLite::Database& database, std::int64_t run);
std::vector<NamedText> readEnvironment(SQLite::Database& database, std::int64_t run);

// Runs that are said to be running and whose process is gone.
std::vector<std::int64_t> orphanedRuns(SQLite::Database& database);

// role, domain, metric, value, count in the five columns from `first` on.
MetricRow metricAt(SQLite::Statement& row, int first);

} // namespace levi
