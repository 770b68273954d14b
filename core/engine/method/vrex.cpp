// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/group_losses.h"
#include "core/engine/method/robust_method.h"

#include <ATen/ops/stack.h>

namespace levi {
namespace {

class RiskVariance : public Objective {
public:
    RiskVariance(const AnnealedOptions& options, TrainingGroups groups)
        : m_annealing(options.penaltyWeight, options.annealShare), m_groups(std::move(groups)) {}

    void begin(std::int64_t steps) override { m_annealing.begin(steps); }
    bool jumpsAt(std::int64_t step) const override { return m_annealing.endsAt(step); }

    at::Tensor loss(const Network& network, const StepInput& input, double labelSmoothing,
                    const StepDraws& draws) override {
        const auto losses =
            groupLosses(network.output(input, draws).logits, input, groupRows(input, m_groups), labelSmoothing);
        const auto all = at::stack(losses);
        return penalised(losses, all.sub(all.mean()).square().mean(), m_annealing.weightAt(draws.step));
    }

private:
    Annealing m_annealing;
    TrainingGroups m_groups;
};

} // namespace

Method vrex() {
    return robustMethod<VrexOptions, RiskVariance>();
}

} // namespace levi
