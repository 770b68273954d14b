// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/train/objective.h"

#include <vector>

namespace levi {

// The rows of one training domain in a batch.
struct GroupRows {
    std::size_t group = 0; // index into TrainingGroups
    at::Tensor rows;       // (B_e) int64, ascending
};
// Of the domains that the batch holds.
std::vector<GroupRows> groupRows(const StepInput& input, const TrainingGroups& groups);

// Mean loss of each of them: scalars.
std::vector<at::Tensor> groupLosses(const at::Tensor& logits, const StepInput& input,
                                    const std::vector<GroupRows>& groups, double labelSmoothing);

// The weight of a penalty that is 1 in the first share of the steps; see AnnealedOptions.
class Annealing {
public:
    Annealing(double weight, double share) : m_weight(weight), m_share(share) {}

    void begin(std::int64_t steps);
    double weightAt(std::int64_t step) const { return step < m_end ? 1 : m_weight; }
    bool endsAt(std::int64_t step) const { return m_end > 0 && step == m_end; }

private:
    double m_weight, m_share;
    std::int64_t m_end = 0; // first step with the full weight
};

// mean over domains of the losses + weight * penalty.
at::Tensor penalised(const std::vector<at::Tensor>& losses, const at::Tensor& penalty, double weight);

} // namespace levi
