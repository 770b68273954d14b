// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/jobs/job.h"
#include "core/spec/experiment_spec.h"
#include "core/store/run_store.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace levi {

struct RunJobOptions {
    std::filesystem::path storeFile;
    std::filesystem::path cacheFolder; // empty: $XDG_CACHE_HOME/levi
    bool useCache = true;
    std::string group;                              // jobs launched together
    std::string study;                              // in the store, that the run belongs to; "": none
    std::optional<double> tuningTrials;             // see Efficiency
    int atOnce = 1;                                 // runs that go on beside each other, this one counted
    std::function<void(const RunSummary&)> onEnded; // on the lane's thread, after the run was ended in the store
    std::function<bool()> isAbandoned;              // why it is to stop: whoever started it is gone; any thread
};

// A run from spec to store: opens its own RunStore on the lane's thread, resolves parents of a derived method in that
// store (by name or cell, same seed, finished), asks the engine, and keeps candidates, log, artifacts and the end.
std::unique_ptr<Job> makeRunJob(ExperimentSpec spec, RunJobOptions options);

} // namespace levi
