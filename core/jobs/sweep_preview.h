// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/sweep.h"
#include "core/store/run_records.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace levi {

class Engine;
class FinishedRuns;

// A finished run that counts for a setting and seed of a list; nothing where there is none.
using FinishedRun = std::function<std::optional<RunSummary>(const ExperimentSpec&)>;

// A list before it runs: what is done of each setting and what the rest costs.
struct SweepPreview {
    struct Row {
        std::string setting, method; // name; key of the kind
        std::vector<std::uint64_t> seeds;
        std::int64_t done = 0;
        double parameters = 0;                  // trainable; 0: not known
        double runSeconds = 0, leftSeconds = 0; // of one run; of what is not done. 0: not known, or nothing
    };
    std::size_t settings = 0, runs = 0;
    std::vector<Row> rows;
    double leftSeconds = 0; // of all rows
    double passSeconds = 0; // of these, for features that the cache lacks, once for each backbone, data and view
    std::vector<std::string> notes; // a sentence each
};

// Of a list with rounds of halving: the first round. `cacheFolder`: where features may lie; empty: nowhere. Throws
// Error where files cannot be read, Stopped once `stop` is requested.
SweepPreview previewOf(const SweepList& list, const std::optional<Halving>& halving, FinishedRuns& runs,
                       const FinishedRun& finished, Engine& engine, const std::filesystem::path& cacheFolder,
                       std::stop_token stop);

// The seeds of each setting of a list.
std::size_t seedsOf(const SweepList& list);

// Those of `settings` that the next round of halving goes on with, at each of their seeds: whose runs in `round`, in
// the same order, did best on id_val, by the metric their spec selects by. A setting without a finished run is dropped.
std::vector<ExperimentSpec> goingOn(const std::vector<ExperimentSpec>& settings,
                                    const std::vector<ExperimentSpec>& round, std::size_t seeds, double keep,
                                    const FinishedRun& finished);

} // namespace levi
