// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/blocks.h"

#include <ATen/ops/_upsample_bicubic2d_aa.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/upsample_bicubic2d.h>

#include <array>
#include <optional>

namespace levi {

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

at::Tensor apply(const LayerNorm& norm, const at::Tensor& x) {
    return at::layer_norm(x, {norm.weight.size(0)}, norm.weight, norm.bias, norm.epsilon);
}

at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, std::int64_t heads) {
    const auto byHead = [heads](const at::Tensor& x) {
        return x.unflatten(2, {heads, x.size(2) / heads}).transpose(1, 2);
    };
    return at::scaled_dot_product_attention(byHead(q), byHead(k), byHead(v)).transpose(1, 2).flatten(2);
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
