// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/experiment_spec.h"
#include "core/store/run_records.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace levi {

struct BatchOptions {
    std::filesystem::path storeFile;
    bool useCache = true;
    std::string study;                          // that the runs belong to; "": none
    std::map<std::string, double> tuningTrials; // by tuningKey(), where they are known
    int atOnce = 1;    // runs beside each other, each in a process of its own where more than one
    bool json = false; // one object a run on stdout when it ends; otherwise a line for people
};

struct BatchResult {
    int exitCode = 0;             // failed before cancelled before done
    std::vector<RunSummary> runs; // in the order in which they ended
};

// Runs the specs as the window does, through a job queue, showing how far they are. The first Ctrl-C stops them all.
BatchResult runBatch(const std::vector<ExperimentSpec>& specs, const BatchOptions& options);

// A finished run as the batch prints it.
void printRun(const RunSummary& run, bool json);

} // namespace levi
