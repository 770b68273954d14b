// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/model/parameter.h"
#include "core/engine/model/safetensors.h"

#include <vector>

namespace levi {

// B rows as a network reads them, on its device. What it does not read is undefined.
struct StepInput {
    at::Tensor pooled;   // (T, B, 2, D): class token and patch mean of the tapped hidden states, of a frozen backbone
    at::Tensor pixels;   // (B, 3, H, W): for a backbone that is trained
    at::Tensor pictures; // (B, C, h, w): for the specialist
    at::Tensor targets;  // (B) int64
};

// What the trainer trains: a method's parts put together. Not thread-safe.
class Network {
public:
    virtual ~Network() = default;

    virtual const std::vector<Parameter>& parameters() const = 0;
    // Tensors that belong to the weights but are not trained, such as means and deviations of the training rows.
    virtual std::vector<NamedTensor> constants() const { return {}; }

    // (B, K), without dropout.
    virtual at::Tensor logits(const StepInput& input) const = 0;
    // A scalar; its gradient reaches every parameter.
    virtual at::Tensor loss(const StepInput& input, double labelSmoothing, const StepDraws& draws) const = 0;

    virtual double flopsPerSample() const = 0; // one forward pass of what is trained
};

} // namespace levi
