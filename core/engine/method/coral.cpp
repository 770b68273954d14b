// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/group_losses.h"
#include "core/engine/method/robust_method.h"
#include "core/engine/train/mixed_precision.h"

#include <ATen/ops/matmul.h>
#include <ATen/ops/stack.h>

namespace levi {
namespace {

struct Moments {
    at::Tensor mean;       // (1, R)
    at::Tensor covariance; // (R, R), divided by n - 1
};

Moments momentsOf(const at::Tensor& x) {
    const FullPrecision full;
    const auto mean = x.mean(0, true);
    const auto centred = x.sub(mean);
    return {mean, at::matmul(centred.t(), centred).div(static_cast<double>(x.size(0) - 1))};
}

at::Tensor distance(const Moments& a, const Moments& b) {
    return a.mean.sub(b.mean).square().mean().add(a.covariance.sub(b.covariance).square().mean());
}

class Alignment : public Objective {
public:
    Alignment(const CoralOptions& options, TrainingGroups groups)
        : m_weight(options.penaltyWeight), m_groups(std::move(groups)) {}

    at::Tensor loss(const Network& network, const StepInput& input, double labelSmoothing,
                    const StepDraws& draws) override {
        const auto output = network.output(input, draws);
        const auto groups = groupRows(input, m_groups);
        const auto representation = output.representation.to(at::kFloat);
        std::vector<Moments> moments;
        for (const GroupRows& group : groups)
            moments.push_back(momentsOf(representation.index_select(0, group.rows)));
        std::vector<at::Tensor> pairs;
        for (std::size_t i = 0; i < moments.size(); ++i)
            for (std::size_t j = i + 1; j < moments.size(); ++j)
                pairs.push_back(distance(moments[i], moments[j]));
        return penalised(groupLosses(output.logits, input, groups, labelSmoothing), at::stack(pairs).mean(), m_weight);
    }

private:
    double m_weight;
    TrainingGroups m_groups;
};

} // namespace

Method coral() {
    return robustMethod<CoralOptions, Alignment>();
}

} // namespace levi
