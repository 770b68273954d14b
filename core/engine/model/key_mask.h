// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

namespace levi {

// The keys that attention may look at where texts are padded: the others weigh exactly 0.
class KeyMask {
public:
    KeyMask() = default; // all keys count
    // mask: (B, T), 1 where a token counts, or undefined. dtype: of the scores.
    KeyMask(const at::Tensor& mask, at::ScalarType dtype);

    bool allCount() const { return !m_added.defined(); }
    // (B, 1, 1, T), for the scores: 0, or a number so low that nothing is left of the key; undefined: all count.
    const at::Tensor& added() const { return m_added; }

    // Known of masks on the CPU alone: whether every sample has a key that counts, and the places of those, in order.
    bool hasPlaces() const { return !m_counts.empty(); }
    std::span<const std::int32_t> placesOf(std::int64_t sample) const {
        const auto row = static_cast<std::size_t>(sample);
        return {m_places.data() + row * m_tokens, m_counts[row]};
    }

private:
    void listPlaces(const at::Tensor& counts); // (B, T), bool, on the CPU

    at::Tensor m_added;
    std::size_t m_tokens = 0;
    std::vector<std::int32_t> m_places; // T a sample, of which the first count
    std::vector<std::size_t> m_counts;
};

} // namespace levi
