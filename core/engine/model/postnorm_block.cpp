// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/postnorm_block.h"

#include "core/engine/model/packed_attention.h"

#include <ATen/TensorOperators.h>

namespace levi {

at::Tensor apply(const PostNormBlock& block, const at::Tensor& x, const BlockPass& pass) {
    const Attention how = {.heads = pass.heads, .added = pass.mask.added(), .exact = true};
    const auto read = [&](const Linear& linear) { return apply(linear, x, pass.draws); };
    const auto attended = attention(read(block.query), read(block.key), read(block.value), how);
    const auto y = apply(block.norm1, x + apply(block.projection, attended, pass.draws));
    const auto inner = apply(block.activation, apply(block.fc1, y, pass.draws));
    return apply(block.norm2, y + apply(block.fc2, inner, pass.draws));
}

PackedPostNormBlock packed(const PostNormBlock& block, std::int64_t rows) {
    const auto pack = [rows](const Linear& linear) { return PackedLinear(linear.weight, linear.bias, rows); };
    return {.qkv = pack(joined({block.query, block.key, block.value})),
            .projection = pack(merged(block.projection)),
            .norm1 = block.norm1,
            .fc1 = pack(merged(block.fc1)),
            .fc2 = pack(merged(block.fc2)),
            .norm2 = block.norm2,
            .activation = block.activation};
}

at::Tensor apply(const PackedPostNormBlock& block, const at::Tensor& x, const BlockPass& pass) {
    const auto attended = packedAttention(block.qkv(x), pass.heads, pass.mask);
    const auto y = apply(block.norm1, block.projection.plus(attended, x));
    return apply(block.norm2, block.fc2.plus(block.fc1(y, block.activation), y));
}

} // namespace levi
