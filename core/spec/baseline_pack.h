// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/experiment_spec.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace levi {

// The spec and, as its field `baselines` says, the methods that it is to be compared with: the same data, views,
// backbone, specialist, training and seed, and of the method's own fields those that both kinds share; beside LEVI the
// all-layer probe taps LEVI's layers; the backbone's learning rate as adaptLearningRate() says. Names are the methods'
// labels. A derived baseline has its parents among the rest and adds those that are not there:
//   output_ensemble  of specialist and linear probe, or of specialist and full fine-tuning where that is asked for
//   wise_ft          of lp_ft                seed_ensemble, weight_soup     of three seeds of full fine-tuning
// Those that train come first. "cached" means every method that trains nothing of the backbone, "all" every method.
std::vector<ExperimentSpec> withBaselines(const ExperimentSpec& spec);

// How many seeds of a parent a derived setting joins into one run: seed s takes s x members and those that follow. 1 of
// all others.
std::uint64_t membersOf(const ExperimentSpec& spec);

struct PackSetting {
    ExperimentSpec spec;
    std::vector<std::uint64_t> seeds; // at which it has a run: those of which all members are there
};

// The pack with the seeds of each setting. Left out are baselines whose names stand in `without`, those derived from
// them, and runs that join seeds which are not all among `seeds`.
std::vector<PackSetting> packSettings(const ExperimentSpec& spec, const std::vector<std::uint64_t>& seeds,
                                      const std::vector<std::string>& without = {});
// The same as runs, setting by setting.
std::vector<ExperimentSpec> packRuns(const ExperimentSpec& spec, const std::vector<std::uint64_t>& seeds,
                                     const std::vector<std::string>& without = {});

// What is wrong with a list of baselines, if anything.
std::optional<std::string> baselinesProblem(const std::vector<std::string>& baselines);

} // namespace levi
