// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/convex_probe.h"

#include "core/base/error.h"
#include "core/base/stopped.h"
#include "core/engine/data/targets.h"
#include "core/engine/method/ridge_fit.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>

#include <cmath>
#include <limits>
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

// Larger is better: the share of right answers, or minus the mean squared error.
double goodnessOf(const LinearHead& head, const at::Tensor& x, const at::Tensor& targets) {
    const auto outputs = at::linear(x, head.weight, head.bias);
    if (targets.is_floating_point()) return -outputs.squeeze(1).sub(targets).square().mean().item<double>();
    return outputs.argmax(1).eq(targets).to(at::kDouble).mean().item<double>();
}

std::string goodnessText(double goodness, const Task& task) {
    if (!task.isNumber()) return fmt::format("id_val_accuracy={:.4f}", goodness);
    return fmt::format("id_val_rmse={:.4f}", std::sqrt(-goodness) * task.scale.deviation);
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
    m_x = x.sub(m_mean).mul_(m_scale);
    m_y = targets(given.rows.train);
}

at::Tensor ConvexProbe::features(const RowSet& rows) const {
    const auto pooled = m_given.features->gather(rows, positionsOf(rows), m_given.plan.slots);
    return poolSelected(pooled, m_given.plan.pool).flatten(2)[0].to(at::kDouble);
}

at::Tensor ConvexProbe::targets(const RowSet& rows) const {
    const auto plain = targetsOf(rows);
    const TargetScale& scale = rows.task().scale;
    return rows.task().isNumber() ? plain.sub(scale.mean).div(scale.deviation) : plain;
}

double ConvexProbe::cAt(std::int64_t place) const {
    const double share = static_cast<double>(place) / static_cast<double>(m_options.strengths - 1);
    return std::pow(10, kLowest + (kHighest - kLowest) * share);
}

LinearHead ConvexProbe::unscaled(const LinearHead& head) const {
    const auto weight = head.weight * m_scale;
    return {.weight = weight, .bias = head.bias - (weight * m_mean).sum(1)};
}

void ConvexProbe::sweep(const Visit& visit) const {
    if (m_given.rows.train.task().isNumber())
        sweepNumbers(visit);
    else
        sweepClasses(visit);
    m_given.progress(m_options.strengths, m_options.strengths);
}

void ConvexProbe::sweepClasses(const Visit& visit) const {
    const LogisticRows rows{.x = m_x, .y = m_y, .classes = m_given.rows.train.task().outputs()};
    LinearHead scaled = zeroHead(rows.classes, rows.x.size(1));
    std::int64_t unfinished = 0;
    for (std::int64_t i = 0; i < m_options.strengths; ++i) {
        m_given.progress(i, m_options.strengths);
        auto fit = fitLogistic(rows, cAt(i), scaled, {.stop = m_given.stop});
        unfinished += !fit.converged;
        scaled = fit.head;
        visit({.c = cAt(i), .head = unscaled(scaled), .trainLoss = fit.loss, .iterations = fit.iterations});
    }
    if (unfinished > 0)
        m_given.log("warn", fmt::format("{} of {} fits of the probe ended before their gradient was small", unfinished,
                                        m_options.strengths));
}

void ConvexProbe::sweepNumbers(const Visit& visit) const {
    const RidgePath path(m_x, m_y);
    for (std::int64_t i = 0; i < m_options.strengths; ++i) {
        if (m_given.stop.stop_requested()) throw Stopped{};
        m_given.progress(i, m_options.strengths);
        const auto fit = path.fit(cAt(i));
        visit({.c = cAt(i), .head = unscaled(fit.head), .trainLoss = fit.loss, .iterations = 1});
    }
}

LinearHead ConvexProbe::best() const {
    const auto x = features(m_given.rows.idVal);
    const auto y = targets(m_given.rows.idVal);
    ProbeCandidate best;
    double bestGoodness = -std::numeric_limits<double>::infinity();
    sweep([&](const ProbeCandidate& candidate) {
        const double goodness = goodnessOf(candidate.head, x, y);
        if (!(goodness > bestGoodness)) return;
        bestGoodness = goodness;
        best = candidate;
    });
    if (!best.head.weight.defined()) throw Error("The probe has no finite prediction on id_val, whatever its penalty");
    m_given.log("info", fmt::format("probe C={:.3g} train_loss={:.4f} {}", best.c, best.trainLoss,
                                    goodnessText(bestGoodness, m_given.rows.train.task())));
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
