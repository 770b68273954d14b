// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/blocks.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/_upsample_bicubic2d_aa.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/upsample_bicubic2d.h>
#include <c10/core/GradMode.h>

#include <array>
#include <cmath>

namespace levi {
namespace {

struct Heads {
    at::Tensor query, key, value; // (B, H, T, D / H)
};

at::Tensor attentionInSteps(const Heads& heads, const Attention& how) {
    const double scale = how.scale.value_or(1 / std::sqrt(static_cast<double>(heads.query.size(3))));
    auto scores = at::matmul(heads.query * scale, heads.key.transpose(2, 3));
    if (how.added.defined()) scores = scores + how.added;
    return at::matmul(at::softmax(scores, -1), heads.value);
}

} // namespace

at::Tensor apply(const Linear& linear, const at::Tensor& x, const StepDraws* draws) {
    const auto y = at::linear(x, linear.weight, linear.bias.defined() ? std::optional(linear.bias) : std::nullopt);
    const LowRank& part = linear.lowRank;
    if (!part.a.defined()) return y;
    const auto read = draws ? hidden(x, part.dropout, part.stream.c_str(), *draws) : x;
    return y.add(at::linear(at::linear(read, part.a), part.b), part.scale);
}

Linear merged(const Linear& linear) {
    const LowRank& part = linear.lowRank;
    if (!part.a.defined()) return linear;
    return {.weight = linear.weight.add(at::matmul(part.b, part.a), part.scale), .bias = linear.bias};
}

Linear joined(const std::vector<Linear>& linears) {
    if (linears.size() == 1) return merged(linears[0]);
    std::vector<at::Tensor> weights, biases;
    for (const auto& linear : linears) {
        weights.push_back(merged(linear).weight);
        if (linear.bias.defined()) biases.push_back(linear.bias);
    }
    return {.weight = at::cat(weights), .bias = biases.empty() ? at::Tensor() : at::cat(biases)};
}

at::Tensor apply(const LayerNorm& norm, const at::Tensor& x) {
    return at::layer_norm(x, {norm.weight.size(0)}, norm.weight, norm.bias, norm.epsilon);
}

at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const Attention& how) {
    const auto byHead = [&how](const at::Tensor& x) {
        return x.unflatten(2, {how.heads, x.size(2) / how.heads}).transpose(1, 2);
    };
    const auto query = byHead(q), key = byHead(k), value = byHead(v);
    // Fused kernels give no gradient of what is added.
    const bool learns = c10::GradMode::is_enabled() && how.added.defined() && how.added.requires_grad();
    if (learns || (how.exact && q.is_cpu()))
        return attentionInSteps({query, key, value}, how).transpose(1, 2).flatten(2);
    const auto added = how.added.defined() ? std::optional(how.added) : std::nullopt;
    return at::scaled_dot_product_attention(query, key, value, added, 0.0, false, how.scale).transpose(1, 2).flatten(2);
}

at::Tensor resizePositions(const at::Tensor& positions, const GridResize& resize) {
    const auto width = positions.size(2);
    const auto grid = positions.slice(1, resize.prefix)
                          .reshape({1, resize.height, resize.width, width})
                          .permute({0, 3, 1, 2})
                          .contiguous();
    const std::array<std::int64_t, 2> size = {resize.newHeight, resize.newWidth};
    const auto resized =
        resize.antialias ? at::_upsample_bicubic2d_aa(grid, size, false) : at::upsample_bicubic2d(grid, size, false);
    return at::cat({positions.slice(1, 0, resize.prefix), resized.flatten(2).transpose(1, 2)}, 1).contiguous();
}

} // namespace levi
