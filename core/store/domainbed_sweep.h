// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/stats/selection_rules.h"

#include <filesystem>
#include <string>
#include <vector>

namespace levi {

class RunStore;

// A sweep in DomainBed's layout: a folder a run with results.jsonl, one JSON object a checkpoint, and an empty or short
// file `done` once it is complete.
struct DomainBedSweep {
    std::vector<SweepRecord> records; // in order of the folders' names, then of lines
    int runs = 0;                     // folders with results
    int unfinishedRuns = 0;           // of these, without `done`: they count, as they do in DomainBed
    int emptyFolders = 0;             // without results
};

// Throws Error naming file and line for anything else than such a sweep: lines that are no JSON object, too long or cut
// off, keys that are absent or of another type, symbolic links, and where there is no results.jsonl at all.
DomainBedSweep readDomainBedSweep(const std::filesystem::path& folder);

// Finished runs in that layout, a folder a run: environments are the domains in order of name; the test environments
// are those of ood_test/…; out accuracies of the others are those of id_val, in accuracies those of train, or of
// id_test where training rows were not measured. A held-out domain is one set, so its in and out accuracy are the same.
// trial_seed is the run's seed; settings of one name and test environments count as hyper-parameter seeds in order of
// their first run. Returns how many runs were written. Sealed runs are left out. Throws Error where there is none,
// where a run predicts numbers, where a run lacks a domain's accuracy at every candidate, or where the folder is there
// and not empty.
int writeDomainBedSweep(const RunStore& store, const std::filesystem::path& folder, const std::string& study = {});

// What readDomainBedSweep() would find there, without the folder. Throws Error as writing does.
DomainBedSweep domainBedSweep(const RunStore& store, const std::string& study = {});

} // namespace levi
