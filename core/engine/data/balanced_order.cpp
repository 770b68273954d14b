// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/balanced_order.h"

#include "core/base/error.h"
#include "core/base/random.h"

#include <map>

namespace levi {
namespace {

// The rows of one domain, without end.
class DomainRows {
public:
    explicit DomainRows(std::uint64_t streamSeed) : m_random(streamSeed) {}

    void add(std::int64_t position) { m_positions.push_back(position); }
    std::int64_t next() {
        if (m_next == 0) m_random.shuffle(m_positions);
        const std::int64_t position = m_positions[m_next];
        m_next = (m_next + 1) % m_positions.size();
        return position;
    }

private:
    Random m_random;
    std::vector<std::int64_t> m_positions;
    std::size_t m_next = 0;
};

std::map<std::int64_t, DomainRows> byDomain(const RowSet& rows, std::uint64_t seed, std::int64_t epoch) {
    std::map<std::int64_t, DomainRows> result;
    for (std::int64_t i = 0; i < rows.size(); ++i) {
        const std::int64_t domain = rows.domain(i);
        const std::string purpose = "balanced order/" + rows.domains()[static_cast<std::size_t>(domain)];
        const auto found = result.try_emplace(domain, streamSeed(seed, purpose, static_cast<std::uint64_t>(epoch)));
        found.first->second.add(i);
    }
    return result;
}

} // namespace

std::int64_t rowsPerDomain(std::int64_t batchSize, std::int64_t domains) {
    return domains > 0 ? batchSize / domains : 0;
}

std::vector<std::int64_t> domainsOf(const RowSet& rows) {
    std::vector<bool> has(rows.size() > 0 ? rows.domains().size() : 0);
    for (std::int64_t i = 0; i < rows.size(); ++i)
        has[static_cast<std::size_t>(rows.domain(i))] = true;
    std::vector<std::int64_t> domains;
    for (std::size_t d = 0; d < has.size(); ++d)
        if (has[d]) domains.push_back(static_cast<std::int64_t>(d));
    return domains;
}

BalancedOrder balancedOrder(const RowSet& rows, std::int64_t batchSize, std::uint64_t seed, std::int64_t epoch) {
    auto domains = byDomain(rows, seed, epoch);
    const auto count = static_cast<std::int64_t>(domains.size());
    const std::int64_t each = rowsPerDomain(batchSize, count);
    if (each == 0)
        throw Error("train.batch_size: {} rows cannot hold one of each of {} training domains", batchSize, count);
    BalancedOrder order{.positions = {}, .batchSize = each * count};
    const std::int64_t batches = (rows.size() + order.batchSize - 1) / order.batchSize;
    order.positions.reserve(static_cast<std::size_t>(batches * order.batchSize));
    for (std::int64_t batch = 0; batch < batches; ++batch)
        for (auto& [domain, some] : domains)
            for (std::int64_t i = 0; i < each; ++i)
                order.positions.push_back(some.next());
    return order;
}

} // namespace levi
