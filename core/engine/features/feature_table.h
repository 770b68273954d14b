// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/dataset.h"

#include <ATen/core/Tensor.h>

#include <memory>
#include <span>
#include <vector>

namespace levi {

// Pooled hidden states of a frozen backbone for the rows of a data set, in memory or mapped from the cache. Slot l is
// hidden state l, slot L + 1 is last_hidden_state; a row holds (L + 2, 2, D) float32: class token, mean of the patches.
// Immutable once filled; may be read from several threads.
class FeatureTable {
public:
    FeatureTable(std::int64_t slots, std::int64_t width) : m_slots(slots), m_width(width) {}

    std::int64_t slots() const { return m_slots; }
    std::int64_t width() const { return m_width; }
    std::int64_t valuesPerRow() const { return m_slots * 2 * m_width; }

    void set(std::int64_t tableRow, const float* values);
    void keep(std::shared_ptr<const void> memory) { m_memory.push_back(std::move(memory)); } // what `set` points into

    // (T, B, 2, D) on the CPU: of the positions of a role, slot by slot. Throws Error for a row that was never set.
    at::Tensor gather(const RowSet& rows, std::span<const std::int64_t> positions, std::span<const int> slots) const;

private:
    const float* row(const RowSet& rows, std::int64_t position) const;

    std::int64_t m_slots, m_width;
    std::vector<const float*> m_rows; // by table row; null: not known
    std::vector<std::shared_ptr<const void>> m_memory;
};

// Per feature, over the training rows: (z - mean) * scale. A feature that does not vary there gets scale 0: nothing can
// be learnt from it, and what it does elsewhere would only add noise.
struct Standardisation {
    at::Tensor mean, scale; // (T, 1, 2, D)
};
Standardisation standardisation(const FeatureTable& table, const RowSet& train, std::span<const int> slots);

} // namespace levi
