// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/features/feature_table.h"
#include "core/engine/method/readout_network.h"
#include "core/engine/train/inputs.h"
#include "core/spec/experiment_spec.h"

#include <functional>
#include <vector>

namespace levi {

// What a method may look at to choose features before its network is built: no test role.
struct SelectionSource {
    const ExperimentSpec& spec;
    const ReadoutPlan& plan;
    const TrainingRoles& roles;
    std::shared_ptr<const FeatureTable> features; // of both roles, of a frozen backbone
    std::int64_t outputs = 0, depth = 0;          // outputs: of the network
    at::Device device = at::kCPU;
    std::stop_token stop;
    std::function<void(std::int64_t done, std::int64_t total)> progress = [](auto, auto) {};
};

struct FeatureSelection {
    at::Tensor kept; // (J) int64, ascending: positions in the plan's hidden states, pooled and side by side
    std::vector<NamedText> notes;
};

// score_j = sum_k W_jk^2 of a linear head on all J features, trained with the loss of the task + lambda sum_j ||W_j||_2
// by Adam along a cosine. Throws Error where it does not stay finite, Stopped.
struct SelectionRecipe {
    double groupLasso = 0;
    std::int64_t steps = 0;
    double learningRate = 0;
};
at::Tensor featureScores(const SelectionSource& source, const SelectionRecipe& recipe); // (J), on the CPU

// The positions of the largest scores, as many as the share asks for and at least one; of equals the first.
at::Tensor largest(const at::Tensor& scores, double share);

// The share whose features a fresh head of the same recipe, without penalty, does best with on id_val.
double bestShare(const SelectionSource& source, const SelectionRecipe& recipe, const at::Tensor& scores,
                 const std::vector<double>& shares);

} // namespace levi
