// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/model/safetensors.h"
#include "core/engine/train/evaluation.h"
#include "core/spec/experiment_spec.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace levi {

using Weights = std::vector<NamedTensor>; // trained tensors, in order of name

// Weights of a finished run, for methods that mix weights.
struct ParentWeights {
    std::string name;
    std::uint64_t seed = 0;
    Weights trained;
    Weights start; // that the run started from; empty where it kept none
};

// One mixture. Made when it is needed: a backbone times eleven would not fit everywhere.
struct Mixture {
    std::string label; // for the log: "alpha 0.3"
    std::function<Weights()> make;
};

struct MergeRequest {
    const ExperimentSpec& spec;
    const std::vector<ParentWeights>& parents;
    std::function<IdValFigures(const Weights&)> idVal; // measures the one role that may choose
    std::function<void(const std::string& line)> log;
};

// What a method makes of its parents. Every mixture is measured on every role.
struct Merge {
    std::vector<Mixture> mixtures;
    std::optional<std::size_t> picked; // said in advance; absent: the best on id_val
};

// A method that mixes the weights of finished runs of one network; trains nothing.
struct MergedMethod {
    std::function<Merge(const MergeRequest& request)> merge;
};

// (1 - share) a + share b, tensor by tensor; exactly a and b at the ends. Throws Error naming a tensor that one lacks
// or has in another shape.
Weights mixed(const Weights& a, const Weights& b, double share);

// Throws Error where two runs do not train the same tensors.
void checkSameTensors(const ParentWeights& a, const ParentWeights& b);

} // namespace levi
