// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/kept_files.h"
#include "core/store/run_records.h"
#include "core/store/study_records.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace levi {

// What the store held at one moment. Values: pages keep a shared_ptr<const StoreSnapshot> and never wait for the store.
struct StoreSnapshot {
    std::filesystem::path file;
    bool exists = false;          // false: nothing has been run into this store yet
    std::string problem;          // why it cannot be read; "" where it can
    std::vector<RunSummary> runs; // oldest first; their metrics are those of the candidate that `rule` picks
    std::optional<CandidateRule> rule;
    std::vector<StudyRecord> studies;        // oldest first
    std::map<std::int64_t, KeptFiles> files; // by run; those without any are left out
};

// Settings and seeds that the store has finished runs of: cellKey() with paths as they are written.
using FinishedSettings = std::set<std::pair<std::string, std::uint64_t>>;

// What only one run needs: read for the run that a page watches.
struct RunDetail {
    std::int64_t run = 0;
    std::filesystem::path artifactFolder;
    std::vector<CandidateRecord> candidates; // test roles left out where a seal hides them
    std::vector<LogLine> log;
    std::vector<ArtifactRecord> artifacts;
    std::vector<NamedText> environment;
};

} // namespace levi
