// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/group_losses.h"

#include "core/engine/model/layer_ensemble.h"

#include <ATen/ops/nonzero.h>
#include <ATen/ops/stack.h>

#include <cmath>

namespace levi {

std::vector<GroupRows> groupRows(const StepInput& input, const TrainingGroups& groups) {
    std::vector<GroupRows> result;
    for (std::size_t g = 0; g < groups.domains.size(); ++g) {
        auto rows = at::nonzero(input.groups.eq(groups.domains[g])).flatten();
        if (rows.size(0) > 0) result.push_back({.group = g, .rows = std::move(rows)});
    }
    return result;
}

std::vector<at::Tensor> groupLosses(const at::Tensor& logits, const StepInput& input,
                                    const std::vector<GroupRows>& groups, double labelSmoothing) {
    std::vector<at::Tensor> losses;
    for (const GroupRows& group : groups)
        losses.push_back(predictionLoss(logits.index_select(0, group.rows), input.targets.index_select(0, group.rows),
                                        labelSmoothing));
    return losses;
}

void Annealing::begin(std::int64_t steps) {
    m_end = static_cast<std::int64_t>(std::llround(m_share * static_cast<double>(steps)));
}

at::Tensor penalised(const std::vector<at::Tensor>& losses, const at::Tensor& penalty, double weight) {
    return at::stack(losses).mean().add(penalty, weight);
}

} // namespace levi
