// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/jobs/sweep_preview.h"
#include "core/store/run_store.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace levi {

class Engine;

// What can run now of a sweep: its list, or the first round of halving that is not done.
struct SweepRuns {
    std::vector<ExperimentSpec> pending;        // those that train first; empty: all is done
    std::size_t finished = 0;                   // of the round, that the store had
    std::size_t round = 0, rounds = 1;          // of halving
    std::map<std::string, double> tuningTrials; // by tuningKey(): tuningTrials() of sweep.h
};
// By name and seed.
using TriedRuns = std::set<std::pair<std::string, std::uint64_t>>;

// `study`: that the runs join, finished ones too; "": none. Runs that are among `tried` and not finished are given up:
// without them a round counts as done. Throws Error where the study is not there or is judged by another figure, where
// the list has problems, or where files cannot be read.
SweepRuns beginSweep(RunStore& store, Engine& engine, const Sweep& sweep, const std::string& study,
                     const TriedRuns& tried = {}, std::stop_token stop = {});

// What such a start would find; "": it joins no study. Throws Error as beginSweep().
SweepPreview previewOf(const RunStore& store, Engine& engine, const Sweep& sweep, const std::string& study,
                       const std::filesystem::path& cacheFolder, std::stop_token stop = {});

} // namespace levi
