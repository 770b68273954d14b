// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/targets.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace levi {

TargetScale targetScale(std::span<const double> trainingTargets, bool clips) {
    TargetScale scale{.clips = clips};
    if (trainingTargets.empty()) return scale;
    const auto count = static_cast<double>(trainingTargets.size());
    scale.mean = std::accumulate(trainingTargets.begin(), trainingTargets.end(), 0.0) / count;
    double squares = 0;
    for (const double y : trainingTargets)
        squares += (y - scale.mean) * (y - scale.mean);
    const auto [low, high] = std::ranges::minmax(trainingTargets);
    scale.low = low;
    scale.high = high;
    const double deviation = std::sqrt(squares / count);
    if (low < high && deviation > 0) scale.deviation = deviation; // the mean of equal numbers is rounded
    return scale;
}

at::Tensor targetsOf(const RowSet& rows, std::span<const std::int64_t> positions) {
    const bool numbers = rows.task().isNumber();
    auto targets = at::empty({static_cast<std::int64_t>(positions.size())}, numbers ? at::kDouble : at::kLong);
    for (std::size_t i = 0; i < positions.size(); ++i)
        if (numbers)
            targets.data_ptr<double>()[i] = rows.number(positions[i]);
        else
            targets.data_ptr<std::int64_t>()[i] = rows.label(positions[i]);
    return targets;
}

at::Tensor targetsOf(const RowSet& rows) {
    std::vector<std::int64_t> positions(static_cast<std::size_t>(rows.size()));
    std::iota(positions.begin(), positions.end(), std::int64_t{0});
    return targetsOf(rows, positions);
}

at::Tensor lossTargets(const at::Tensor& targets, const Task& task) {
    if (!task.isNumber()) return targets;
    return targets.sub(task.scale.mean).div_(task.scale.deviation).to(at::kFloat);
}

at::Tensor answersOf(const at::Tensor& outputs, const Task& task) {
    if (!task.isNumber()) return outputs.to(at::kFloat);
    const TargetScale& scale = task.scale;
    auto numbers = outputs.to(at::kDouble).mul(scale.deviation).add_(scale.mean);
    if (scale.clips) numbers.clamp_(scale.low, scale.high);
    return numbers.to(at::kFloat);
}

} // namespace levi
