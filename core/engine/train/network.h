// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/reading.h"
#include "core/engine/model/parameter.h"
#include "core/engine/model/safetensors.h"
#include "core/store/run_records.h"

#include <vector>

namespace levi {

// B rows as a network reads them, on its device. What it does not read is undefined.
struct StepInput {
    at::Tensor pooled; // (T, B, 2, D): class token and mean of the tapped hidden states, of a frozen backbone
    Reading backbone;  // for a backbone that is trained
    Reading specialist;
    at::Tensor targets; // (B): classes as int64, or numbers, standardised, as float32
    at::Tensor groups;  // (B) int64: the domain of each row, index into Dataset::domains
};

// What a step that trains sees of a network, dropout included.
struct StepOutput {
    at::Tensor logits;         // (B, K); of numbers (B, 1), standardised
    at::Tensor representation; // (B, R): what the last linear layers read; undefined where that is not told
};

// What the trainer trains: a method's parts put together. Not thread-safe.
class Network {
public:
    virtual ~Network() = default;

    virtual const std::vector<Parameter>& parameters() const = 0;
    // Tensors that belong to the weights but are not trained, such as means and deviations of the training rows.
    virtual std::vector<NamedTensor> constants() const { return {}; }

    // (B, K), without dropout; of numbers (B, 1), standardised.
    virtual at::Tensor logits(const StepInput& input) const = 0;
    // For objectives that weigh rows or compare representations; its gradient reaches what predicts.
    virtual StepOutput output(const StepInput& input, const StepDraws&) const { return {.logits = logits(input)}; }
    // A scalar; its gradient reaches every parameter.
    virtual at::Tensor loss(const StepInput& input, double labelSmoothing, const StepDraws& draws) const = 0;

    // What its weights say in words, for the log and the record of the run: ("layer_weights", "8=0.31 12=0.69").
    virtual std::vector<NamedText> notes() const { return {}; }

    virtual double flopsPerSample() const = 0; // one forward pass of what is trained
    virtual double trainingFlopsPerSample() const { return 3 * flopsPerSample(); } // of a step, forward and backward
};

} // namespace levi
