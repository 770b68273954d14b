// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace levi {

// Softmax attention of one head in float32, for the frozen pass on the CPU. T tokens, d numbers per head.
struct AttentionHead {
    const float* q; // (T, d), rows `rowStride` floats apart
    const float* k;
    const float* v;
    float* out; // (T, d), rows `outStride` floats apart
    std::int64_t tokens, width;
    std::int64_t rowStride, outStride;
    float scale;                               // of the scores, 1 / sqrt(d)
    std::span<const std::int32_t> places = {}; // of the keys that count, at least one; empty: all of them
};

// Null where this processor or these sizes have no kernel: it needs x86-64 with AVX2 or AVX-512, d a multiple of the
// vector and at least six tokens. The function keeps scratch memory per thread and may be called from several at once.
using AttentionKernel = void (*)(const AttentionHead& head);
AttentionKernel attentionKernel(std::int64_t tokens, std::int64_t width);

} // namespace levi
