// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/sweep.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace levi {

// Successive halving: a round trains every setting that is left for its number of epochs, from its start; then each
// method keeps its best share by the mean over the seeds of id_val, at least one. A round's runs are runs as any other,
// so that what the store has finished is not run again. Only the last round's runs bear the settings' own names.

// What it cannot be done with: settings that do not train in epochs.
std::vector<Problem> halvingProblems(const SweepList& list);

// The settings of `list` for round `round`, whose epochs and names are set.
std::vector<ExperimentSpec> roundOf(std::span<const ExperimentSpec> settings, const Halving& halving,
                                    std::size_t round);

// How good a setting is, larger is better; NaN: no run of it ended well, and it is dropped.
struct HalvingScore {
    std::string method; // kind
    double score = 0;
};
// Positions that go on, in their order. Of equals the earlier one.
std::vector<std::size_t> survivors(std::span<const HalvingScore> scores, double keep);

// Epochs in all, over settings and seeds, and without halving.
struct HalvingBudget {
    std::vector<std::size_t> settings; // of each round
    std::int64_t epochs = 0, withoutHalving = 0;
};
HalvingBudget budgetOf(const SweepList& list, const Halving& halving);

} // namespace levi
