// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/builtin_methods.h"

#include <ATen/TensorOperators.h>

namespace levi {
namespace {

// loss + strength * sum |w - w_start|^2 over the backbone + headStrength * sum |w|^2 over the head's weights: plain
// sums over all numbers, as in the code that goes with Kumar et al. 2022. Gradients are clipped with the penalty's.
class TowardsStart : public ReadoutNetwork {
public:
    TowardsStart(const ReadoutPlan& plan, ReadoutParts parts, const Initializer& initializer)
        : ReadoutNetwork(plan, std::move(parts), initializer),
          m_strength(plan.startPenalty),
          m_headStrength(plan.headPenalty) {
        for (const Parameter& parameter : parameters())
            m_start.push_back(parameter.value.detach().clone());
    }

    at::Tensor loss(const StepInput& input, double labelSmoothing, const StepDraws& draws) const override {
        auto total = ReadoutNetwork::loss(input, labelSmoothing, draws);
        for (std::size_t i = 0; i < m_start.size(); ++i)
            if (const auto term = penalty(parameters()[i], m_start[i]); term.defined()) total = total + term;
        return total;
    }

private:
    at::Tensor penalty(const Parameter& parameter, const at::Tensor& start) const {
        if (parameter.pace == Pace::Backbone && m_strength > 0)
            return (parameter.value - start).square().sum() * m_strength;
        if (parameter.pace == Pace::Head && parameter.decays && m_headStrength > 0)
            return parameter.value.square().sum() * m_headStrength;
        return {};
    }

    double m_strength, m_headStrength;
    std::vector<at::Tensor> m_start; // by parameter
};

} // namespace

// Full fine-tuning that stays near where it began (Li et al. 2018).
Method l2Sp() {
    return TrainedMethod{.plan =
                             [](const ExperimentSpec& spec, int depth) {
                                 const auto& options = *spec.method.as<L2SpOptions>();
                                 ReadoutPlan plan = fineTuningPlan(options, depth);
                                 plan.startPenalty = options.strength;
                                 plan.headPenalty = options.headStrength;
                                 return plan;
                             },
                         .build =
                             [](const ReadoutPlan& plan, ReadoutParts parts, const Initializer& initializer) {
                                 return std::make_unique<TowardsStart>(plan, std::move(parts), initializer);
                             }};
}

} // namespace levi
