// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/model/parameter.h"
#include "core/engine/model/parameter_place.h"
#include "core/engine/model/safetensors.h"

#include <ATen/core/Tensor.h>

#include <map>
#include <string>
#include <vector>

namespace levi {

// What goes into a backbone and comes out of it. B samples, T tokens (prefix tokens first), D numbers per token, L
// blocks.

// Pictures or texts; a backbone refuses what it does not read.
struct BackboneInput {
    at::Tensor values;                // pixel_values (B, 3, H, W), floats; or input_ids (B, T), whole numbers
    at::Tensor mask;                  // (B, T), 1 where a token counts; undefined: all count
    const StepDraws* draws = nullptr; // of a training step: dropout of low-rank parts; null: nothing is dropped
    at::Tensor tokenTypes;            // token_type_ids (B, T) of texts; undefined: all 0

    bool holdsTexts() const { return values.defined() && !values.is_floating_point(); }
};

struct Hidden {
    std::vector<at::Tensor> states;          // L + 1 of (B, T, D): hidden_states.l as the reference libraries name them
    at::Tensor last;                         // (B, T, D): last_hidden_state, after the final norm
    std::map<std::string, at::Tensor> heads; // of the checkpoint's own heads: "logits", "pooler_output", ...
};

// How a frozen forward on the CPU multiplies. Packed: weights reordered once for oneDNN, the work around them fused.
// Where that cannot be (gradients wanted, another device or dtype, an old LibTorch) the plain kernels are used.
enum class Kernels { Packed, Plain };

// The two vectors that a hidden state's tokens become (see pooling.h), in this order.
enum class PooledPair { ClassAndMean, LastAndMax };

// What a family's network is made of: parameters in order of computation, each with its place, and the checkpoint's own
// heads, which are never trained.
struct BackboneTensors {
    std::vector<NamedTensor> parameters;
    std::vector<ParameterPlace> places; // of the parameters
    std::vector<NamedTensor> heads;
};

// To stand beside the linear layer `module`: y += scale * B (A x), x with dropout in training steps.
struct LowRankPart {
    std::string module;
    at::Tensor a, b; // (r, in), (out, r)
    double scale = 0, dropout = 0;
};

// A parameter that training changes.
struct TrainedTensor {
    std::string name;
    at::Tensor value;
    ParameterPlace place;
};

} // namespace levi
