// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/readout_network.h"

#include "core/base/error.h"
#include "core/engine/features/backbone_input.h"
#include "core/engine/train/inputs.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/softmax.h>

#include <fmt/ranges.h>

#include <cmath>

namespace levi {
namespace {

constexpr double kNoLength = 1e-12;

// Rows of length 1 along the last axis; what is 0 stays 0.
at::Tensor unitVectors(const at::Tensor& x) {
    return x.div(x.norm(2, -1, true).clamp_min(kNoLength));
}

} // namespace

PooledPair pairOf(Pool pool) {
    return pool == Pool::Last || pool == Pool::Max ? PooledPair::LastAndMax : PooledPair::ClassAndMean;
}

std::int64_t pooledParts(Pool pool) {
    return pool == Pool::ClsMean ? 2 : 1;
}

at::Tensor poolSelected(const at::Tensor& pooled, Pool pool) {
    if (pool == Pool::ClsMean) return pooled;
    const std::int64_t place = pool == Pool::Mean || pool == Pool::Max ? 1 : 0;
    return pooled.slice(2, place, place + 1);
}

ReadoutNetwork::ReadoutNetwork(ReadoutPlan plan, ReadoutParts parts, const Initializer& initializer)
    : m_plan(std::move(plan)), m_parts(std::move(parts)) {
    if (m_plan.normalization == Normalization::Standardize && !m_plan.slots.empty() && !m_parts.standardisation)
        throw Error("A method that standardises needs the means and deviations of the training rows");
    if (m_plan.selectsFeatures) keepFeatures();
    if (m_parts.trained) addBackbone();
    if (m_parts.specialist) addSpecialist(initializer);
    if (!m_plan.slots.empty()) addEnsemble(initializer);
}

void ReadoutNetwork::keepFeatures() {
    if (!m_parts.kept.defined()) throw Error("A method that selects features needs the selected ones");
    const std::int64_t perLayer = pooledParts(m_plan.pool) * m_parts.width;
    for (std::size_t t = 0; t < m_plan.slots.size(); ++t) {
        const std::int64_t first = static_cast<std::int64_t>(t) * perLayer;
        const auto ofLayer = m_parts.kept.ge(first).logical_and(m_parts.kept.lt(first + perLayer));
        m_kept.push_back(m_parts.kept.masked_select(ofLayer).sub(first));
    }
}

at::Tensor ReadoutNetwork::keptStates(const at::Tensor& z) const {
    std::vector<at::Tensor> layers;
    for (std::size_t t = 0; t < m_kept.size(); ++t) {
        if (m_kept[t].size(0) == 0) continue;
        const auto ofLayer = z[static_cast<std::int64_t>(t)].index_select(1, m_kept[t].to(z.device()));
        layers.push_back(m_plan.normalization == Normalization::UnitVector ? unitVectors(ofLayer) : ofLayer);
    }
    return at::cat(layers, 1).unsqueeze(0);
}

// Tokens and positions do not decay, though they have more than one axis.
void ReadoutNetwork::addBackbone() {
    const std::int64_t top = m_parts.depth + 1;
    for (const auto& [name, tensor, place] : m_parts.trained->trainedTensors())
        m_parameters.push_back({.name = "backbone." + name,
                                .value = tensor,
                                .pace = Pace::Backbone,
                                .decays = place.isLowRank || (tensor.dim() > 1 && tensor.size(0) > 1),
                                .rateShare = std::pow(m_plan.layerDecay, static_cast<double>(top - place.layer))});
}

void ReadoutNetwork::addSpecialist(const Initializer& initializer) {
    const auto& own = m_parts.specialist->parameters();
    m_parameters.insert(m_parameters.end(), own.begin(), own.end());
    if (!m_plan.slots.empty() && m_plan.specialistLossWeight <= 0) return;
    const std::int64_t width = m_parts.specialist->outputWidth();
    const double bound = 1 / std::sqrt(static_cast<double>(width));
    m_head = {initializer.uniform("specialist_head.weight", {m_parts.outputs, width}, bound, Pace::Specialist),
              initializer.constant("specialist_head.bias", {m_parts.outputs}, 0, Pace::Specialist)};
    m_parameters.insert(m_parameters.end(), m_head.begin(), m_head.end());
}

void ReadoutNetwork::addEnsemble(const Initializer& initializer) {
    AdapterShape shape{.stateWidth = pooledParts(m_plan.pool) * m_parts.width,
                       .specialistWidth = m_plan.joinsSpecialist ? m_parts.specialist->outputWidth() : 0,
                       .hiddenWidth = m_plan.hiddenWidth,
                       .outputs = m_parts.outputs};
    for (const int slot : m_plan.slots)
        shape.layers.push_back(layerName(slot));
    if (m_plan.concatenate) {
        shape.stateWidth *= static_cast<std::int64_t>(m_plan.slots.size());
        shape.layers = {"concatenation"};
    }
    if (m_plan.selectsFeatures) shape.stateWidth = m_parts.kept.size(0);
    m_ensemble.emplace(std::move(shape), initializer);
    const auto& own = m_ensemble->parameters();
    m_parameters.insert(m_parameters.end(), own.begin(), own.end());
    if (m_plan.loss.combine != Combine::Learned) return;
    const auto layers = static_cast<std::int64_t>(m_plan.slots.size());
    m_scores = initializer.constant("combination.scores", {layers}, 0, Pace::Head);
    m_parameters.push_back(*m_scores);
}

std::string ReadoutNetwork::layerName(int slot) const {
    return slot > m_parts.depth ? "last" : std::to_string(slot);
}

EnsembleLoss ReadoutNetwork::ensembleKind() const {
    EnsembleLoss kind = m_plan.loss;
    if (m_scores) kind.scores = m_scores->value;
    return kind;
}

std::vector<NamedText> ReadoutNetwork::notes() const {
    if (!m_scores) return {};
    const auto weights = at::softmax(m_scores->value.detach().to(at::kCPU), 0);
    std::vector<std::string> texts;
    for (std::size_t t = 0; t < m_plan.slots.size(); ++t)
        texts.push_back(
            fmt::format("{}={:.3f}", layerName(m_plan.slots[t]), weights[static_cast<std::int64_t>(t)].item<double>()));
    return {{"layer_weights", fmt::format("{}", fmt::join(texts, " "))}};
}

std::vector<NamedTensor> ReadoutNetwork::constants() const {
    std::vector<NamedTensor> result;
    if (m_plan.selectsFeatures) result.push_back({"selection.kept", m_parts.kept.to(at::kCPU)});
    if (m_parts.standardisation) {
        result.push_back({"standardisation.mean", m_parts.standardisation->mean.to(at::kCPU)});
        result.push_back({"standardisation.scale", m_parts.standardisation->scale.to(at::kCPU)});
    }
    return result;
}

at::Tensor ReadoutNetwork::states(const StepInput& input, const StepDraws* draws) const {
    auto pooled = input.pooled;
    if (m_parts.trained)
        pooled = selectSlots(m_parts.trained->pooledFeatures(backboneInput(input.backbone, draws)), m_plan.slots);
    auto z = poolSelected(pooled, m_plan.pool);
    if (m_plan.normalization == Normalization::Standardize) {
        const auto& [mean, scale] = *m_parts.standardisation;
        z = z.sub(poolSelected(mean, m_plan.pool)).mul(poolSelected(scale, m_plan.pool));
    } else if (m_plan.normalization == Normalization::LayerNorm) {
        z = at::layer_norm(z, {z.size(3)});
    }
    z = z.flatten(2);
    if (m_plan.selectsFeatures) return keptStates(z);
    if (m_plan.normalization == Normalization::UnitVector) z = unitVectors(z);
    return m_plan.concatenate ? z.transpose(0, 1).flatten(1).unsqueeze(0) : z;
}

at::Tensor ReadoutNetwork::ownLogits(const at::Tensor& s) const {
    return at::linear(s, m_head[0].value, m_head[1].value);
}

at::Tensor ReadoutNetwork::predictionOf(const at::Tensor& y) const {
    return combined(y.to(at::kFloat), m_plan.loss.combine, m_scores ? m_scores->value : at::Tensor());
}

at::Tensor ReadoutNetwork::logits(const StepInput& input) const {
    at::Tensor s;
    if (m_parts.specialist) s = m_parts.specialist->forward(input.specialist, nullptr);
    if (!m_ensemble) return ownLogits(s);
    const auto y = m_ensemble->forward(states(input, nullptr), m_plan.joinsSpecialist ? s : at::Tensor());
    return predictionOf(y);
}

at::Tensor ReadoutNetwork::headInput(const at::Tensor& s, const StepDraws& draws) const {
    return hidden(s, m_parts.specialist->headDropout(), "dropout-head", draws);
}

at::Tensor ReadoutNetwork::beforeOutput(const StepInput& input, const at::Tensor& s, const StepDraws& draws) const {
    const auto z = hidden(states(input, &draws), m_plan.dropout, "dropout-z", draws);
    at::Tensor joined;
    if (m_plan.joinsSpecialist)
        joined = hidden(m_plan.detachSpecialist ? s.detach() : s, m_plan.specialistDropout, "dropout-s", draws);
    return m_ensemble->beforeOutput(z, joined);
}

StepOutput ReadoutNetwork::output(const StepInput& input, const StepDraws& draws) const {
    at::Tensor s;
    if (m_parts.specialist) s = m_parts.specialist->forward(input.specialist, &draws);
    if (!m_ensemble) {
        const auto read = headInput(s, draws);
        return {.logits = ownLogits(read), .representation = read};
    }
    const auto x = beforeOutput(input, s, draws);
    return {.logits = predictionOf(m_ensemble->output(x)), .representation = x.transpose(0, 1).flatten(1)};
}

at::Tensor ReadoutNetwork::loss(const StepInput& input, double labelSmoothing, const StepDraws& draws) const {
    at::Tensor s, own;
    if (m_parts.specialist) s = m_parts.specialist->forward(input.specialist, &draws);
    if (!m_head.empty()) {
        own = predictionLoss(ownLogits(headInput(s, draws)), input.targets, labelSmoothing);
        if (!m_ensemble) return own;
    }
    const auto y = m_ensemble->output(beforeOutput(input, s, draws)).to(at::kFloat);
    auto kind = ensembleKind();
    kind.labelSmoothing = labelSmoothing;
    const auto whole = ensembleLoss(y, input.targets, kind);
    return own.defined() ? whole.add(own, m_plan.specialistLossWeight) : whole;
}

double ReadoutNetwork::ownFlops() const {
    std::int64_t flops = m_ensemble ? m_ensemble->flopsPerSample() : 0;
    if (m_parts.specialist) flops += m_parts.specialist->flopsPerSample();
    if (!m_head.empty()) flops += 2 * m_head[0].value.numel();
    return static_cast<double>(flops);
}

double ReadoutNetwork::flopsPerSample() const {
    return ownFlops() + (m_parts.trained ? static_cast<double>(m_parts.trained->info().flopsPerSample) : 0);
}

// Backward costs about twice as much as forward: gradients of what is read, and of the weights.
double ReadoutNetwork::trainingFlopsPerSample() const {
    return 3 * ownFlops() + (m_parts.trained ? m_parts.trained->trainingFlopsPerSample() : 0);
}

} // namespace levi
