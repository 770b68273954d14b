// SPDX-License-Identifier: Apache-2.0
#include "core/engine/features/feature_table.h"

#include "core/base/error.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <cstring>
#include <numeric>

namespace levi {
namespace {

constexpr double kNoSpread = 1e-6; // of the feature's mean: a spread below is rounding
constexpr std::int64_t kBatch = 256;

} // namespace

void FeatureTable::set(std::int64_t tableRow, const float* values) {
    const auto index = static_cast<std::size_t>(tableRow);
    if (index >= m_rows.size()) m_rows.resize(index + 1);
    m_rows[index] = values;
}

const float* FeatureTable::row(const RowSet& rows, std::int64_t position) const {
    const auto index = static_cast<std::size_t>(rows.tableRow(position));
    if (index >= m_rows.size() || !m_rows[index]) throw Error("{}: has no features", rows.id(position));
    return m_rows[index];
}

at::Tensor FeatureTable::gather(const RowSet& rows, std::span<const std::int64_t> positions,
                                std::span<const int> slots) const {
    const auto count = static_cast<std::int64_t>(positions.size());
    const std::int64_t values = 2 * m_width;
    auto out = at::empty({static_cast<std::int64_t>(slots.size()), count, 2, m_width}, at::kFloat);
    float* to = out.data_ptr<float>();
    for (std::int64_t b = 0; b < count; ++b) {
        const float* from = row(rows, positions[static_cast<std::size_t>(b)]);
        for (std::size_t t = 0; t < slots.size(); ++t)
            std::memcpy(to + (static_cast<std::int64_t>(t) * count + b) * values, from + slots[t] * values,
                        static_cast<std::size_t>(values) * sizeof(float));
    }
    return out;
}

Standardisation standardisation(const FeatureTable& table, const RowSet& train, std::span<const int> slots) {
    std::vector<std::int64_t> positions(static_cast<std::size_t>(train.size()));
    std::iota(positions.begin(), positions.end(), std::int64_t{0});
    auto sum = at::zeros({static_cast<std::int64_t>(slots.size()), 1, 2, table.width()}, at::kDouble);
    auto squares = at::zeros_like(sum);
    const auto batches = [&](const auto& visit) {
        for (std::int64_t begin = 0; begin < train.size(); begin += kBatch) {
            const auto count = static_cast<std::size_t>(std::min(kBatch, train.size() - begin));
            visit(table.gather(train, std::span(positions).subspan(static_cast<std::size_t>(begin), count), slots)
                      .to(at::kDouble));
        }
    };
    const auto count = static_cast<double>(std::max<std::int64_t>(1, train.size()));
    batches([&](const at::Tensor& z) { sum += z.sum(1, true); });
    const auto mean = sum.div(count);
    batches([&](const at::Tensor& z) { squares += z.sub(mean).square().sum(1, true); });
    const auto deviation = squares.div(count).sqrt();
    const auto varies = deviation.gt(mean.abs().mul(kNoSpread).clamp_min(1e-12));
    const auto scale = at::where(varies, deviation.clamp_min(1e-12).reciprocal(), at::zeros_like(deviation));
    return {.mean = mean.to(at::kFloat), .scale = scale.to(at::kFloat)};
}

} // namespace levi
