// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/dataset.h"

#include <cstdint>
#include <vector>

namespace levi {

// Positions for batches that hold the same number of rows of each domain of a role, one domain after the other.
struct BalancedOrder {
    std::vector<std::int64_t> positions;
    std::int64_t batchSize = 0; // rows per domain times domains: at most what was asked for, every batch is whole
};

// One epoch, drawn from (seed, epoch): about as many rows as the role has. Each domain is gone through in an order of
// its own; one that runs out starts a new one, of one that is larger than its share some rows wait for another epoch.
BalancedOrder balancedOrder(const RowSet& rows, std::int64_t batchSize, std::uint64_t seed, std::int64_t epoch);

// Rows of each domain in such a batch; 0 where the batch is smaller than the number of domains.
std::int64_t rowsPerDomain(std::int64_t batchSize, std::int64_t domains);

// Domains of a role that have a row, ascending.
std::vector<std::int64_t> domainsOf(const RowSet& rows);

} // namespace levi
