// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/model/activation.h"
#include "core/engine/model/blocks.h"
#include "core/engine/model/key_mask.h"
#include "core/engine/model/packed_linear.h"

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace levi {

// A post-norm transformer block as BERT has it: norm1(x + proj(attention(x))), then norm2(x + fc2(act(fc1 x))). x: (B,
// T, D).
struct PostNormBlock {
    Linear query, key, value, projection;
    LayerNorm norm1;
    Linear fc1, fc2;
    LayerNorm norm2;
    Activation activation = Activation::Gelu;
};

// What a pass has besides.
struct BlockPass {
    std::int64_t heads = 1;
    KeyMask mask;
    const StepDraws* draws = nullptr; // of the dropout of low-rank parts; null: none
};
at::Tensor apply(const PostNormBlock& block, const at::Tensor& x, const BlockPass& pass);

// The same block for the frozen pass on the CPU: one product for query, key and value, low-rank parts folded into the
// weights, activation and residuals done by the products, attention by our own kernel.
struct PackedPostNormBlock {
    PackedLinear qkv, projection;
    LayerNorm norm1;
    PackedLinear fc1, fc2;
    LayerNorm norm2;
    Activation activation = Activation::Gelu;
};
PackedPostNormBlock packed(const PostNormBlock& block, std::int64_t rows); // rows: B T, as it will usually be
at::Tensor apply(const PackedPostNormBlock& block, const at::Tensor& x, const BlockPass& pass);

} // namespace levi
