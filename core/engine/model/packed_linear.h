// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/model/activation.h"

#include <ATen/core/Tensor.h>

namespace levi {

// y = x W^T + b with W reordered once for oneDNN, and with the work after the product done while its result is still in
// the cache. CPU, float32, no gradients. Immutable: may be used from several threads.
class PackedLinear {
public:
    // Whether this LibTorch has the operators (2.11 to 2.14 on x86-64 and AArch64 have).
    static bool available();

    PackedLinear() = default;
    // weight: (out, in), bias: (out) or undefined. `rows`: how many rows x will usually have.
    PackedLinear(const at::Tensor& weight, const at::Tensor& bias, std::int64_t rows);

    at::Tensor operator()(const at::Tensor& x) const; // (..., in) -> (..., out)
    at::Tensor operator()(const at::Tensor& x, Activation activation) const;
    at::Tensor plus(const at::Tensor& x, const at::Tensor& residual) const; // residual + y

private:
    at::Tensor m_weight; // opaque to everything but oneDNN
    at::Tensor m_bias;
};

} // namespace levi
