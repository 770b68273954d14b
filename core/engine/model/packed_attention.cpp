// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/packed_attention.h"

#include "core/engine/model/attention_kernel.h"
#include "core/engine/model/blocks.h"

#include <ATen/TensorIterator.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>

#include <cmath>
#include <functional>

namespace levi {
namespace {

// Calls `work` for 0 .. count - 1 on Torch's own threads. at::parallel_for would need this file built for OpenMP, and
// with the wheel's runtime beside the compiler's there would be two pools of threads; an iterator's loop runs inside
// LibTorch.
void onTorchThreads(std::int64_t count, const std::function<void(std::int64_t)>& work) {
    auto indices = at::arange(count, at::kLong);
    auto iterator =
        at::TensorIteratorConfig().add_output(indices).resize_outputs(false).check_all_same_dtype(false).build();
    // One tensor: strides[0] within a row, strides[1] from row to row.
    iterator.for_each(
        [&work](char** data, const std::int64_t* strides, std::int64_t columns, std::int64_t rows) {
            for (std::int64_t row = 0; row < rows; ++row)
                for (std::int64_t i = 0; i < columns; ++i)
                    work(*reinterpret_cast<const std::int64_t*>(data[0] + row * strides[1] + i * strides[0]));
        },
        1);
}

} // namespace

at::Tensor packedAttention(const at::Tensor& qkv, std::int64_t heads, const KeyMask& mask) {
    const std::int64_t samples = qkv.size(0), tokens = qkv.size(1), width = qkv.size(2) / 3, headWidth = width / heads;
    const auto kernel = attentionKernel(tokens, headWidth);
    if (!kernel || (!mask.allCount() && !mask.hasPlaces())) {
        const auto parts = qkv.chunk(3, 2);
        return attention(parts[0], parts[1], parts[2], {.heads = heads, .added = mask.added()});
    }
    auto out = at::empty({samples, tokens, width}, qkv.options());
    const float* in = qkv.const_data_ptr<float>();
    float* result = out.mutable_data_ptr<float>();
    const float scale = 1.0f / std::sqrt(static_cast<float>(headWidth));
    onTorchThreads(samples * heads, [&](std::int64_t index) {
        const std::int64_t row = index / heads * tokens, column = index % heads * headWidth;
        const float* q = in + row * 3 * width + column;
        AttentionHead head = {q,         q + width, q + 2 * width, result + row * width + column, tokens, headWidth,
                              3 * width, width,     scale};
        if (!mask.allCount()) head.places = mask.placesOf(index / heads);
        kernel(head);
    });
    return out;
}

} // namespace levi
