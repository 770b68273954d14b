// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/length_order.h"

#include "core/base/random.h"
#include "core/engine/data/parallel.h"

#include <algorithm>
#include <numeric>

namespace levi {
namespace {

constexpr std::int64_t kStretch = 50; // batches

} // namespace

std::vector<std::int64_t> lengthsOf(const View& view, const RowSet& rows, const LoadOptions& options) {
    std::vector<std::int64_t> lengths(static_cast<std::size_t>(rows.size()));
    forEachInParallel(rows.size(), options, [&](std::int64_t i) {
        Sample sample(rows, i);
        lengths[static_cast<std::size_t>(i)] = view.length(sample);
    });
    return lengths;
}

std::vector<std::int64_t> LengthOrder::of(std::vector<std::int64_t> order,
                                          const std::vector<std::int64_t>& lengths) const {
    const auto count = static_cast<std::int64_t>(order.size());
    const auto at = [](std::int64_t index) { return static_cast<std::ptrdiff_t>(index); };
    for (std::int64_t begin = 0; begin < count; begin += kStretch * batchSize)
        std::ranges::stable_sort(order.begin() + at(begin),
                                 order.begin() + at(std::min(count, begin + kStretch * batchSize)), {},
                                 [&](std::int64_t position) { return lengths[static_cast<std::size_t>(position)]; });
    std::vector<std::int64_t> batches(static_cast<std::size_t>(count / batchSize));
    std::iota(batches.begin(), batches.end(), std::int64_t{0});
    Random random(streamSeed(seed, "batches by length", static_cast<std::uint64_t>(epoch)));
    random.shuffle(batches);
    std::vector<std::int64_t> result;
    for (const std::int64_t batch : batches)
        result.insert(result.end(), order.begin() + at(batch * batchSize), order.begin() + at((batch + 1) * batchSize));
    result.insert(result.end(), order.begin() + at(count / batchSize * batchSize), order.end());
    return result;
}

} // namespace levi
