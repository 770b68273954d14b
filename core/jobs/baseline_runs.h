// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/experiment_spec.h"

#include <stop_token>
#include <string>
#include <vector>

namespace levi {

class Engine;

// A baseline that cannot run on the data or the weights of its spec.
struct UnfitBaseline {
    std::string name;     // of its setting
    std::string reason;   // "method.kind: compares training domains, and these data have one"
    bool isNamed = false; // in the spec's list, or a parent of one there; else "cached" or "all" brought it in
};

// Asks the engine about each baseline that trains. Nothing where the spec has none.
std::vector<UnfitBaseline> unfitBaselines(const ExperimentSpec& spec, Engine& engine, std::stop_token stop = {});
std::vector<std::string> namesOf(const std::vector<UnfitBaseline>& unfit);

} // namespace levi
