// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/experiment_spec.h"
#include "core/store/run_store.h"

#include <cstdint>
#include <string>
#include <vector>

namespace levi {

// A run that a derived run is made from: by name, or by the first digits of a cell's key.
struct ParentWish {
    std::string name;
    std::uint64_t seed = 0;

    friend bool operator==(const ParentWish&, const ParentWish&) = default;
};

// Those that the spec's method names (`method.parents`); none where it is not derived. A method that joins `members`
// seeds of a parent into one takes, for seed s, the seeds s * members to s * members + members - 1: no run is part of
// two seeds, so they stay independent.
std::vector<ParentWish> parentWishes(const ExperimentSpec& spec);

// The finished run of each wish. Throws Error: absent, ambiguous, unfinished.
std::vector<RunSummary> findParents(const RunStore& store, const std::vector<ParentWish>& wishes);

// Their cells, sorted: what stands for `method.parents` in the cell's key.
std::string parentCells(const std::vector<RunSummary>& parents);

} // namespace levi
