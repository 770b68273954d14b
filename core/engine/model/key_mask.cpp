// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/key_mask.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

namespace levi {
namespace {

// The lowest finite number, of bfloat16 for it and for float32, which mixed precision turns into it.
double farBelow(at::ScalarType dtype) {
    return dtype == at::kHalf ? -65504.0 : -3.3895313892515355e38;
}

} // namespace

KeyMask::KeyMask(const at::Tensor& mask, at::ScalarType dtype) {
    if (!mask.defined()) return;
    const auto counts = mask.ne(0);
    if (counts.is_cpu()) {
        if (counts.all().item<bool>()) return;
        listPlaces(counts.contiguous());
    }
    const auto zero = at::zeros(counts.sizes(), counts.options().dtype(dtype));
    m_added = zero.masked_fill(counts.logical_not(), farBelow(dtype)).unsqueeze(1).unsqueeze(1);
}

void KeyMask::listPlaces(const at::Tensor& counts) {
    m_tokens = static_cast<std::size_t>(counts.size(1));
    const auto samples = static_cast<std::size_t>(counts.size(0));
    m_places.resize(samples * m_tokens);
    m_counts.assign(samples, 0);
    const bool* row = counts.const_data_ptr<bool>();
    for (std::size_t i = 0; i < samples; ++i, row += m_tokens)
        for (std::size_t t = 0; t < m_tokens; ++t)
            if (row[t]) m_places[i * m_tokens + m_counts[i]++] = static_cast<std::int32_t>(t);
    if (std::ranges::find(m_counts, std::size_t{0}) != m_counts.end()) m_counts.clear();
}

} // namespace levi
