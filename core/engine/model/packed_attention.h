// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/model/key_mask.h"

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace levi {

// Softmax attention for the frozen pass on the CPU, without gradients: our own kernel where the processor has one (see
// attention_kernel.h), else the general call. qkv: (B, T, 3 D) contiguous float32, queries, keys, values side by side,
// each H heads of D / H. Returns (B, T, D).
at::Tensor packedAttention(const at::Tensor& qkv, std::int64_t heads, const KeyMask& mask = {});

} // namespace levi
