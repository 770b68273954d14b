// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/model/blocks.h"
#include "core/engine/model/packed_linear.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace levi {

// A pre-norm transformer block as checkpoints store it: x + g1 * proj(attention(norm1 x)), then
// x + g2 * fc2(gelu(fc1(norm2 x))). x: (B, T, D).
struct PreNormBlock {
    LayerNorm norm1, norm2;
    std::vector<Linear> inputs; // query, key, value; or one for all three, in this order of rows
    Linear projection, fc1, fc2;
    at::Tensor gamma1, gamma2; // (D) layer scale, or undefined
};
// draws: of the dropout of low-rank parts; null: none.
at::Tensor apply(const PreNormBlock& block, at::Tensor x, std::int64_t heads, const StepDraws* draws = nullptr);

// The same block for the frozen pass on the CPU: one product for query, key and value, layer scale and low-rank parts
// folded into the weights, GELU and residuals done by the products, attention by our own kernel.
struct PackedBlock {
    LayerNorm norm1, norm2;
    PackedLinear qkv, projection, fc1, fc2;
};
PackedBlock packed(const PreNormBlock& block, std::int64_t rows); // rows: B T, as it will usually be
at::Tensor apply(const PackedBlock& block, at::Tensor x, std::int64_t heads);

} // namespace levi
