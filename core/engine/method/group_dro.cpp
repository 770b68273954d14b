// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/group_losses.h"
#include "core/engine/method/robust_method.h"

#include <fmt/ranges.h>

#include <cmath>
#include <numeric>

namespace levi {
namespace {

class GroupDro : public Objective {
public:
    GroupDro(const GroupDroOptions& options, TrainingGroups groups)
        : m_stepSize(options.stepSize), m_groups(std::move(groups)), m_weights(m_groups.domains.size(), 1.0) {}

    at::Tensor loss(const Network& network, const StepInput& input, double labelSmoothing,
                    const StepDraws& draws) override {
        const auto groups = groupRows(input, m_groups);
        const auto losses = groupLosses(network.output(input, draws).logits, input, groups, labelSmoothing);
        for (std::size_t i = 0; i < groups.size(); ++i)
            m_weights[groups[i].group] *= std::exp(m_stepSize * losses[i].item<double>());
        const double sum = std::accumulate(m_weights.begin(), m_weights.end(), 0.0);
        for (double& weight : m_weights)
            weight /= sum;
        at::Tensor whole;
        for (std::size_t i = 0; i < groups.size(); ++i) {
            const auto part = losses[i].mul(m_weights[groups[i].group]);
            whole = whole.defined() ? whole.add(part) : part;
        }
        return whole;
    }

    std::vector<NamedText> notes() const override {
        std::vector<std::string> texts;
        for (std::size_t g = 0; g < m_weights.size(); ++g)
            texts.push_back(fmt::format("{}={:.3f}", m_groups.names[g], m_weights[g]));
        return {{"group_weights", fmt::format("{}", fmt::join(texts, " "))}};
    }

private:
    double m_stepSize;
    TrainingGroups m_groups;
    std::vector<double> m_weights; // q
};

} // namespace

Method groupDro() {
    return robustMethod<GroupDroOptions, GroupDro>();
}

} // namespace levi
