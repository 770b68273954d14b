// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/readout_network.h"

#include "core/base/error.h"
#include "core/engine/train/inputs.h"

#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>

#include <cmath>

namespace levi {
namespace {

std::int64_t pooledParts(Pool pool) {
    return pool == Pool::ClsMean ? 2 : 1;
}

// (T, B, 2, D) -> (T, B, P, D)
at::Tensor poolSelected(const at::Tensor& pooled, Pool pool) {
    if (pool == Pool::ClsMean) return pooled;
    return pooled.slice(2, pool == Pool::Mean ? 1 : 0, pool == Pool::Mean ? 2 : 1);
}

} // namespace

ReadoutNetwork::ReadoutNetwork(ReadoutPlan plan, ReadoutParts parts, const Initializer& initializer)
    : m_plan(std::move(plan)), m_parts(std::move(parts)) {
    if (m_plan.normalization == Normalization::Standardize && !m_plan.slots.empty() && !m_parts.standardisation)
        throw Error("A method that standardises needs the means and deviations of the training rows");
    if (m_parts.trained) addBackbone();
    if (m_parts.specialist) addSpecialist(initializer);
    if (!m_plan.slots.empty()) addEnsemble(initializer);
}

void ReadoutNetwork::addBackbone() {
    m_parts.trained->setTrainable(true);
    for (const auto& [name, tensor] : m_parts.trained->parameters())
        m_parameters.push_back({.name = "backbone." + name,
                                .value = tensor,
                                .pace = Pace::Backbone,
                                .decays = tensor.dim() > 1 && tensor.size(0) > 1});
}

void ReadoutNetwork::addSpecialist(const Initializer& initializer) {
    const auto& own = m_parts.specialist->parameters();
    m_parameters.insert(m_parameters.end(), own.begin(), own.end());
    if (!m_plan.slots.empty() && m_plan.specialistLossWeight <= 0) return;
    const std::int64_t width = m_parts.specialist->outputWidth();
    const double bound = 1 / std::sqrt(static_cast<double>(width));
    m_head = {initializer.uniform("specialist_head.weight", {m_parts.classes, width}, bound, Pace::Specialist),
              initializer.constant("specialist_head.bias", {m_parts.classes}, 0, Pace::Specialist)};
    m_parameters.insert(m_parameters.end(), m_head.begin(), m_head.end());
}

void ReadoutNetwork::addEnsemble(const Initializer& initializer) {
    AdapterShape shape{.stateWidth = pooledParts(m_plan.pool) * m_parts.width,
                       .specialistWidth = m_plan.joinsSpecialist ? m_parts.specialist->outputWidth() : 0,
                       .hiddenWidth = m_plan.hiddenWidth,
                       .classes = m_parts.classes};
    for (const int slot : m_plan.slots)
        shape.layers.push_back(slot > m_parts.depth ? "last" : std::to_string(slot));
    if (m_plan.concatenate) {
        shape.stateWidth *= static_cast<std::int64_t>(m_plan.slots.size());
        shape.layers = {"concatenation"};
    }
    m_ensemble.emplace(std::move(shape), initializer);
    const auto& own = m_ensemble->parameters();
    m_parameters.insert(m_parameters.end(), own.begin(), own.end());
}

std::vector<NamedTensor> ReadoutNetwork::constants() const {
    if (!m_parts.standardisation) return {};
    return {{"standardisation.mean", m_parts.standardisation->mean.to(at::kCPU)},
            {"standardisation.scale", m_parts.standardisation->scale.to(at::kCPU)}};
}

at::Tensor ReadoutNetwork::states(const StepInput& input) const {
    auto pooled = input.pooled;
    if (m_parts.trained) pooled = selectSlots(m_parts.trained->pooledFeatures({.values = input.pixels}), m_plan.slots);
    auto z = poolSelected(pooled, m_plan.pool);
    if (m_plan.normalization == Normalization::Standardize) {
        const auto& [mean, scale] = *m_parts.standardisation;
        z = z.sub(poolSelected(mean, m_plan.pool)).mul(poolSelected(scale, m_plan.pool));
    } else if (m_plan.normalization == Normalization::LayerNorm) {
        z = at::layer_norm(z, {z.size(3)});
    }
    if (!m_plan.concatenate) return z.flatten(2);
    return z.transpose(0, 1).flatten(1).unsqueeze(0);
}

at::Tensor ReadoutNetwork::ownLogits(const at::Tensor& s) const {
    return at::linear(s, m_head[0].value, m_head[1].value);
}

at::Tensor ReadoutNetwork::logits(const StepInput& input) const {
    at::Tensor s;
    if (m_parts.specialist) s = m_parts.specialist->forward(input.pictures);
    if (!m_ensemble) return ownLogits(s);
    const auto y = m_ensemble->forward(states(input), m_plan.joinsSpecialist ? s : at::Tensor());
    return combined(y.to(at::kFloat), m_plan.loss.combine);
}

at::Tensor ReadoutNetwork::loss(const StepInput& input, double labelSmoothing, const StepDraws& draws) const {
    at::Tensor s, own;
    if (m_parts.specialist) s = m_parts.specialist->forward(input.pictures);
    if (!m_head.empty()) {
        const auto read = hidden(s, m_parts.specialist->headDropout(), "dropout-head", draws);
        own = crossEntropy(ownLogits(read), input.targets, labelSmoothing);
        if (!m_ensemble) return own;
    }
    const auto z = hidden(states(input), m_plan.dropout, "dropout-z", draws);
    at::Tensor joined;
    if (m_plan.joinsSpecialist)
        joined = hidden(m_plan.detachSpecialist ? s.detach() : s, m_plan.specialistDropout, "dropout-s", draws);
    const auto y = m_ensemble->forward(z, joined).to(at::kFloat);
    auto kind = m_plan.loss;
    kind.labelSmoothing = labelSmoothing;
    const auto whole = ensembleLoss(y, input.targets, kind);
    return own.defined() ? whole.add(own, m_plan.specialistLossWeight) : whole;
}

double ReadoutNetwork::flopsPerSample() const {
    std::int64_t flops = m_ensemble ? m_ensemble->flopsPerSample() : 0;
    if (m_parts.specialist) flops += m_parts.specialist->flopsPerSample();
    if (m_parts.trained) flops += m_parts.trained->info().flopsPerSample;
    if (!m_head.empty()) flops += 2 * m_head[0].value.numel();
    return static_cast<double>(flops);
}

} // namespace levi
