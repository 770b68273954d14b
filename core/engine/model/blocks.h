// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/model/parameter.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace levi {

// The pieces transformers are made of, as free functions on tensors; autograd records them. B samples, T tokens, D
// width, H heads.

// Stands beside a weight: y += scale * B (A x), where training steps hide some of x (LoRA, Hu et al. 2022).
struct LowRank {
    at::Tensor a, b; // (r, in), (out, r); undefined: there is none
    double scale = 0, dropout = 0;
    std::string stream; // names the draws of its dropout
};

struct Linear {
    at::Tensor weight; // (out, in)
    at::Tensor bias;   // (out), or undefined
    LowRank lowRank;
};
at::Tensor apply(const Linear& linear, const at::Tensor& x, const StepDraws* draws = nullptr); // null: no dropout
Linear merged(const Linear& linear);               // weight + scale * B A, without a low-rank part
Linear joined(const std::vector<Linear>& linears); // one product for all: their rows below each other, merged

struct LayerNorm {
    at::Tensor weight, bias; // (D)
    double epsilon = 0;
};
at::Tensor apply(const LayerNorm& norm, const at::Tensor& x);

// Over H heads; T5's have another width than D / H.
struct Attention {
    std::int64_t heads = 1;
    at::Tensor added;            // to the scores: broadcasts to (B, H, T, T); undefined: nothing
    std::optional<double> scale; // of the scores; none: 1 / sqrt(D / H)
    bool exact = false;          // LibTorch's fused kernel for the CPU takes a rough exponential; not this one
};

// softmax(scale Q K^T + added) V. q, k, v: (B, T, D), any strides with a dense last axis. Returns (B, T, D).
at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const Attention& how);
inline at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, std::int64_t heads) {
    return attention(q, k, v, Attention{.heads = heads});
}

// Resizes the grid part of position embeddings, bicubic, corners not aligned. positions: (1, prefix + h * w, D) with
// grids h x w -> newHeight x newWidth. transformers does not antialias, timm does.
struct GridResize {
    std::int64_t prefix, height, width, newHeight, newWidth;
    bool antialias;
};
at::Tensor resizePositions(const at::Tensor& positions, const GridResize& resize);

} // namespace levi
