// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/load.h"
#include "core/engine/data/view.h"

#include <cstdint>
#include <vector>

namespace levi {

// Tokens of each row's text, as the view makes them. Throws Stopped.
std::vector<std::int64_t> lengthsOf(const View& view, const RowSet& rows, const LoadOptions& options);

// The same positions in an order whose batches hold rows of like length: stretches of fifty batches are sorted by
// length, and the batches drawn in a random order, by (seed, epoch). An incomplete batch stays last. `lengths`: of each
// position.
struct LengthOrder {
    std::int64_t batchSize = 1;
    std::uint64_t seed = 0;
    std::int64_t epoch = 0;

    std::vector<std::int64_t> of(std::vector<std::int64_t> order, const std::vector<std::int64_t>& lengths) const;
};

} // namespace levi
