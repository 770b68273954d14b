// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/t5_block.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/rsqrt.h>

#include <algorithm>
#include <cmath>

namespace levi {

at::Tensor apply(const RmsNorm& norm, const at::Tensor& x) {
    return x * at::rsqrt(x.square().mean(-1, true) + norm.epsilon) * norm.weight;
}

std::int64_t RelativeBuckets::of(std::int64_t keyMinusQuery) const {
    const std::int64_t half = count / 2, exact = half / 2, distance = std::abs(keyMinusQuery);
    const std::int64_t first = keyMinusQuery > 0 ? half : 0;
    if (distance < exact) return first + distance;
    // In float32, as the reference computes it.
    const float share = std::log(static_cast<float>(distance) / static_cast<float>(exact)) /
                        static_cast<float>(std::log(static_cast<double>(farthest) / static_cast<double>(exact)));
    const auto beyond = static_cast<std::int64_t>(share * static_cast<float>(half - exact));
    return first + std::min(half - 1, exact + beyond);
}

at::Tensor relativeBias(const at::Tensor& table, const RelativeBuckets& buckets, std::int64_t tokens) {
    auto byDistance = at::empty({2 * tokens - 1}, at::kLong); // from -(T - 1) on
    auto* bucket = byDistance.mutable_data_ptr<std::int64_t>();
    for (std::int64_t i = 0; i < 2 * tokens - 1; ++i)
        bucket[i] = buckets.of(i - (tokens - 1));
    const auto places = at::arange(tokens, at::kLong);
    const auto distances = places.unsqueeze(0) - places.unsqueeze(1) + (tokens - 1); // key - query
    const auto indices = byDistance.index_select(0, distances.flatten()).view({tokens, tokens});
    return at::embedding(table, indices.to(table.device())).permute({2, 0, 1}).unsqueeze(0).contiguous();
}

at::Tensor apply(const T5Block& block, at::Tensor x, const T5Pass& pass) {
    const auto y = apply(block.norm1, x);
    const auto read = [&](const Linear& linear) { return apply(linear, y, pass.draws); };
    const Attention how = {.heads = pass.heads, .added = pass.added, .scale = 1.0, .exact = true};
    x = x + apply(block.output, attention(read(block.query), read(block.key), read(block.value), how), pass.draws);
    const auto z = apply(block.norm2, x);
    auto inner = apply(block.activation, apply(block.inner, z, pass.draws));
    if (block.gate.weight.defined()) inner = inner * apply(block.gate, z, pass.draws);
    return x + apply(block.outer, inner, pass.draws);
}

PackedT5Block packed(const T5Block& block, std::int64_t rows) {
    const auto pack = [rows](const Linear& linear) { return PackedLinear(linear.weight, linear.bias, rows); };
    const bool gated = block.gate.weight.defined();
    return {.norm1 = block.norm1,
            .qkv = pack(joined({block.query, block.key, block.value})),
            .output = pack(merged(block.output)),
            .norm2 = block.norm2,
            .inner = pack(merged(block.inner)),
            .gate = gated ? pack(merged(block.gate)) : PackedLinear(),
            .outer = pack(merged(block.outer)),
            .activation = block.activation,
            .gated = gated};
}

at::Tensor apply(const PackedT5Block& block, at::Tensor x, const T5Pass& pass) {
    const auto qkv = block.qkv(apply(block.norm1, x)).chunk(3, 2);
    const Attention how = {.heads = pass.heads, .added = pass.added, .scale = 1.0};
    x = block.output.plus(attention(qkv[0], qkv[1], qkv[2], how), x);
    const auto z = apply(block.norm2, x);
    auto inner = block.inner(z, block.activation);
    if (block.gated) inner = inner * block.gate(z);
    return block.outer.plus(inner, x);
}

} // namespace levi
