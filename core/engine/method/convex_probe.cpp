// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/convex_probe.h"

#include "core/base/error.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>

#include <cmath>
#include <numeric>

namespace levi {
namespace {

constexpr double kLowest = -7, kHighest = 2; // of log10 C
constexpr double kNoSpread = 1e-12;          // a deviation below is rounding

std::vector<std::int64_t> positionsOf(const RowSet& rows) {
    std::vector<std::int64_t> positions(static_cast<std::size_t>(rows.size()));
    std::iota(positions.begin(), positions.end(), std::int64_t{0});
    return positions;
}

at::Tensor labelsOf(const RowSet& rows) {
    auto labels = at::empty({rows.size()}, at::kLong);
    for (std::int64_t i = 0; i < rows.size(); ++i)
        labels.data_ptr<std::int64_t>()[i] = rows.label(i);
    return labels;
}

double accuracyOf(const LinearHead& head, const at::Tensor& x, const at::Tensor& labels) {
    const auto right = at::linear(x, head.weight, head.bias).argmax(1).eq(labels);
    return right.to(at::kDouble).mean().item<double>();
}

const Parameter& parameterOf(const Network& network, const std::string& name) {
    for (const Parameter& parameter : network.parameters())
        if (parameter.name == name) return parameter;
    throw Error("A network without the parameter '{}' has no linear head to set", name);
}

} // namespace

ConvexProbe::ConvexProbe(const Preparation& given, ConvexFitOptions options) : m_given(given), m_options(options) {
    const c10::NoGradGuard noGrad;
    const auto x = features(given.rows.train);
    const auto of = [&](const at::Tensor& t) {
        return m_options.scaling == ProbeScaling::PerFeature ? t.mean(0) : t.mean().unsqueeze(0);
    };
    m_mean = of(x);
    const auto deviation = of(x.sub(m_mean).square_()).sqrt();
    m_scale =
        at::where(deviation.gt(kNoSpread), deviation.clamp_min(kNoSpread).reciprocal(), at::zeros_like(deviation));
    m_rows = {.x = x.sub(m_mean).mul_(m_scale),
              .y = labelsOf(given.rows.train),
              .classes = static_cast<std::int64_t>(given.rows.train.classes().size())};
}

at::Tensor ConvexProbe::features(const RowSet& rows) const {
    const auto pooled = m_given.features->gather(rows, positionsOf(rows), m_given.plan.slots);
    return poolSelected(pooled, m_given.plan.pool).flatten(2)[0].to(at::kDouble);
}

void ConvexProbe::sweep(const std::function<void(const ProbeCandidate&)>& visit) const {
    LinearHead scaled = zeroHead(m_rows.classes, m_rows.x.size(1));
    std::int64_t unfinished = 0;
    for (std::int64_t i = 0; i < m_options.strengths; ++i) {
        m_given.progress(i, m_options.strengths);
        const double share = static_cast<double>(i) / static_cast<double>(m_options.strengths - 1);
        const double c = std::pow(10, kLowest + (kHighest - kLowest) * share);
        auto fit = fitLogistic(m_rows, c, scaled, {.stop = m_given.stop});
        unfinished += !fit.converged;
        scaled = fit.head;
        const auto weight = scaled.weight * m_scale;
        visit({.c = c,
               .head = {.weight = weight, .bias = scaled.bias - (weight * m_mean).sum(1)},
               .trainLoss = fit.loss,
               .iterations = fit.iterations});
    }
    m_given.progress(m_options.strengths, m_options.strengths);
    if (unfinished > 0)
        m_given.log("warn", fmt::format("{} of {} fits of the probe ended before their gradient was small", unfinished,
                                        m_options.strengths));
}

LinearHead ConvexProbe::best() const {
    const auto x = features(m_given.rows.idVal);
    const auto labels = labelsOf(m_given.rows.idVal);
    ProbeCandidate best;
    double bestAccuracy = -1;
    sweep([&](const ProbeCandidate& candidate) {
        const double accuracy = accuracyOf(candidate.head, x, labels);
        if (accuracy <= bestAccuracy) return;
        bestAccuracy = accuracy;
        best = candidate;
    });
    m_given.log("info", fmt::format("probe C={:.3g} train_loss={:.4f} id_val_accuracy={:.4f}", best.c, best.trainLoss,
                                    bestAccuracy));
    return best.head;
}

void setHead(Network& network, const LinearHead& head) {
    const c10::NoGradGuard noGrad;
    for (const auto& [name, value] : {std::pair{"adapters.output.weight", head.weight.t()},
                                      std::pair{"adapters.output.bias", head.bias.unsqueeze(0)}}) {
        const Parameter& parameter = parameterOf(network, name); // (1, Z, K) and (1, 1, K)
        if (parameter.value.sizes() != value.unsqueeze(0).sizes())
            throw Error("'{}' has another shape than the head that it is to take", name);
        parameter.value.detach().copy_(value.unsqueeze(0));
    }
}

} // namespace levi
