// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/store/stored_run.h"
#include "core/store/study_records.h"

#include <filesystem>
#include <vector>

namespace levi {

struct Bundle {
    std::vector<StudyRecord> studies;
    std::vector<StoredRun> runs; // in order of cell, then of seed
};

// Throws Error naming file and line for anything that is no bundle (run_bundle.h): cells whose key is not that of their
// text, candidates without a run, a seed twice, links, figures and costs that cannot be, specs of another cell
// (bundle_checks.h).
Bundle readBundle(const std::filesystem::path& folder);

} // namespace levi
