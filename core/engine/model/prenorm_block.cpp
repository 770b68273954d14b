// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/prenorm_block.h"

#include "core/engine/model/packed_attention.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/gelu.h>

namespace levi {
namespace {

at::Tensor scaled(const at::Tensor& x, const at::Tensor& gamma) {
    return gamma.defined() ? x * gamma : x;
}

Linear folded(const Linear& linear, const at::Tensor& gamma) {
    if (!gamma.defined()) return merged(linear);
    return {.weight = merged(linear).weight * gamma.unsqueeze(1), .bias = linear.bias * gamma};
}

} // namespace

at::Tensor apply(const PreNormBlock& block, at::Tensor x, std::int64_t heads, const StepDraws* draws) {
    const auto y = apply(block.norm1, x);
    std::vector<at::Tensor> qkv;
    for (const auto& linear : block.inputs)
        qkv.push_back(apply(linear, y, draws));
    if (qkv.size() == 1) qkv = qkv[0].chunk(3, 2);
    x = x + scaled(apply(block.projection, attention(qkv[0], qkv[1], qkv[2], heads), draws), block.gamma1);
    const auto inner = at::gelu(apply(block.fc1, apply(block.norm2, x), draws));
    return x + scaled(apply(block.fc2, inner, draws), block.gamma2);
}

PackedBlock packed(const PreNormBlock& block, std::int64_t rows) {
    const auto pack = [rows](const Linear& linear) { return PackedLinear(linear.weight, linear.bias, rows); };
    return {block.norm1,
            block.norm2,
            pack(joined(block.inputs)),
            pack(folded(block.projection, block.gamma1)),
            pack(merged(block.fc1)),
            pack(folded(block.fc2, block.gamma2))};
}

at::Tensor apply(const PackedBlock& block, at::Tensor x, std::int64_t heads) {
    x = block.projection.plus(packedAttention(block.qkv(apply(block.norm1, x)), heads), x);
    return block.fc2.plus(block.fc1(apply(block.norm2, x), Activation::Gelu), x);
}

} // namespace levi
