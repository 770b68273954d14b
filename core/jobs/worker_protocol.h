// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/jobs/run_job.h"

#include <optional>
#include <string>
#include <string_view>

namespace levi {

// What a pool says to a worker, and what it hears of it: an object of JSON a line.

struct WorkerRequest {
    bool stop = false; // what goes on; else carry out `spec`
    ExperimentSpec spec;
    RunJobOptions options; // without its functions
};
std::string lineOf(const WorkerRequest& request);
WorkerRequest requestIn(std::string_view line); // throws Error

struct WorkerEvent {
    std::optional<std::int64_t> run;   // in the store, once it is there
    std::optional<Progress> progress;  // where it moved
    std::optional<JobOutcome> outcome; // the last one of a run
};
std::string lineOf(const WorkerEvent& event);
WorkerEvent eventIn(std::string_view line); // throws Error

} // namespace levi
