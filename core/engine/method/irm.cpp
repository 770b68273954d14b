// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/group_losses.h"
#include "core/engine/method/robust_method.h"

#include <ATen/ops/softmax.h>
#include <ATen/ops/stack.h>

namespace levi {
namespace {

// d/ds of the mean cross-entropy of s * logits, at s = 1. With p = softmax(z) and the smoothed target t, the loss of a
// row is logsumexp(s z) - s sum_k t_k z_k, so the derivative is sum_k (p_k - t_k) z_k. Of the squared error (s z - t)^2
// of a number it is 2 z (z - t).
at::Tensor slopeAtOne(const at::Tensor& logits, const at::Tensor& targets, double labelSmoothing) {
    const auto z = logits.to(at::kFloat);
    if (targets.is_floating_point()) return z.squeeze(1).mul(z.squeeze(1).sub(targets)).mean().mul(2);
    const auto expected = at::softmax(z, 1).mul(z).sum(1);
    const auto aimed = z.gather(1, targets.unsqueeze(1)).squeeze(1).mul(1 - labelSmoothing);
    return expected.sub(aimed).sub(z.mean(1).mul(labelSmoothing)).mean();
}

class InvariantRisk : public Objective {
public:
    InvariantRisk(const AnnealedOptions& options, TrainingGroups groups)
        : m_annealing(options.penaltyWeight, options.annealShare), m_groups(std::move(groups)) {}

    void begin(std::int64_t steps) override { m_annealing.begin(steps); }
    bool jumpsAt(std::int64_t step) const override { return m_annealing.endsAt(step); }

    at::Tensor loss(const Network& network, const StepInput& input, double labelSmoothing,
                    const StepDraws& draws) override {
        const auto logits = network.output(input, draws).logits;
        const auto groups = groupRows(input, m_groups);
        std::vector<at::Tensor> penalties;
        for (const GroupRows& group : groups) {
            const auto half = [&](std::int64_t begin) {
                const auto rows = group.rows.slice(0, begin, group.rows.size(0), 2);
                return slopeAtOne(logits.index_select(0, rows), input.targets.index_select(0, rows), labelSmoothing);
            };
            penalties.push_back(half(0).mul(half(1)));
        }
        return penalised(groupLosses(logits, input, groups, labelSmoothing), at::stack(penalties).mean(),
                         m_annealing.weightAt(draws.step));
    }

private:
    Annealing m_annealing;
    TrainingGroups m_groups;
};

} // namespace

Method irm() {
    return robustMethod<IrmOptions, InvariantRisk>();
}

} // namespace levi
