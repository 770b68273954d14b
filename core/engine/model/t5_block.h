// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/model/activation.h"
#include "core/engine/model/blocks.h"
#include "core/engine/model/packed_linear.h"

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace levi {

// The pieces of T5's encoder (Raffel et al. 2020). No biases; scores are not scaled by 1 / sqrt(d): the query's
// initialiser has that in it, and released weights assume so.

// x / sqrt(mean x^2 + epsilon) * weight. x: (..., D).
struct RmsNorm {
    at::Tensor weight; // (D)
    double epsilon = 0;
};
at::Tensor apply(const RmsNorm& norm, const at::Tensor& x);

// How far a key lies from a query, in buckets: half of them for each direction; of these half for one distance each,
// half for ranges that grow logarithmically up to `farthest`; the last one holds all beyond.
struct RelativeBuckets {
    std::int64_t count = 32;
    std::int64_t farthest = 128;

    std::int64_t of(std::int64_t keyMinusQuery) const;
};
// table: (buckets, H). Returns (1, H, T, T), for the scores of queries (rows) and keys.
at::Tensor relativeBias(const at::Tensor& table, const RelativeBuckets& buckets, std::int64_t tokens);

// x + o(attention(norm1 x)), then y + outer(act(inner(norm2 y)) [* gate(norm2 y)]).
struct T5Block {
    RmsNorm norm1;
    Linear query, key, value, output;
    RmsNorm norm2;
    Linear inner, gate, outer; // gate: without a weight where there is none
    Activation activation = Activation::Relu;
};
struct T5Pass {
    std::int64_t heads = 1;
    at::Tensor added;                 // to the scores: relative positions and padding
    const StepDraws* draws = nullptr; // of the dropout of low-rank parts; null: none
};
at::Tensor apply(const T5Block& block, at::Tensor x, const T5Pass& pass);

// The same for the frozen pass on the CPU.
struct PackedT5Block {
    RmsNorm norm1;
    PackedLinear qkv, output;
    RmsNorm norm2;
    PackedLinear inner, gate, outer;
    Activation activation = Activation::Relu;
    bool gated = false;
};
PackedT5Block packed(const T5Block& block, std::int64_t rows); // rows: B T, as it will usually be
at::Tensor apply(const PackedT5Block& block, at::Tensor x, const T5Pass& pass);

} // namespace levi
