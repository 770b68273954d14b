// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/spec_hash.h"
#include "core/store/run_store.h"

#include <cstdint>
#include <string>
#include <vector>

namespace levi {

struct ParentRun;

// A run that another one is made from: by name, or by the first digits of a cell's key.
struct ParentWish {
    std::string name;
    std::uint64_t seed = 0;

    friend bool operator==(const ParentWish&, const ParentWish&) = default;
};

// Those that the spec's method names (`method.parents`), or the one whose backbone it starts from
// (`backbone.from_run`); mostly none. A method that joins `members` seeds of a parent into one takes, for seed s, the
// seeds s * members to s * members + members - 1: no run is part of two seeds, so they stay independent.
std::vector<ParentWish> parentWishes(const ExperimentSpec& spec);

// The finished run of each wish. Throws Error: absent, ambiguous, unfinished.
std::vector<RunSummary> findParents(const RunStore& store, const std::vector<ParentWish>& wishes);

// For the cell's key: in the place of the field that names them, their cells, sorted.
ResolvedFacts parentFacts(const ExperimentSpec& spec, const std::vector<RunSummary>& parents);

// What the engine is told of a run with these parents: of a derived method, the parents themselves; else, oldest first,
// all runs that the backbone has gone through. Throws Error where one kept too little, or left the backbone as it was.
std::vector<ParentRun> parentRuns(const RunStore& store, const ExperimentSpec& spec,
                                  const std::vector<RunSummary>& parents);
std::vector<ParentRun> parentRuns(const RunStore& store, const RunSummary& run); // of one that is in the store

// Those of that name, in their order; where there are none, those that a study knows by it.
std::vector<RunSummary> runsNamed(const std::vector<RunSummary>& runs, const std::string& name);

} // namespace levi
