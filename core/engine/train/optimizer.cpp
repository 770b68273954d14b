// SPDX-License-Identifier: Apache-2.0
#include "core/engine/train/optimizer.h"

#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>

#include <cmath>
#include <numbers>

namespace levi {
namespace {

constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEpsilon = 1e-8;

} // namespace

const PaceOptions& OptimizerOptions::of(Pace pace) const {
    if (pace == Pace::Head) return head;
    return pace == Pace::Specialist ? specialist : backbone;
}

Optimizer::Optimizer(std::vector<Parameter> parameters, OptimizerOptions options)
    : m_parameters(std::move(parameters)), m_options(options) {
    restart();
}

void Optimizer::restart() {
    m_states.clear();
    m_steps = 0;
    for (const Parameter& parameter : m_parameters) {
        State state{.first = at::zeros_like(parameter.value)};
        if (m_options.kind == OptimizerKind::AdamW) state.second = at::zeros_like(parameter.value);
        m_states.push_back(state);
    }
}

void Optimizer::clearGradients() {
    for (Parameter& parameter : m_parameters)
        parameter.value.mutable_grad() = at::Tensor();
}

double Optimizer::clipGradients(double limit) {
    const c10::NoGradGuard noGrad;
    at::Tensor sum;
    for (const Parameter& parameter : m_parameters) {
        if (!parameter.value.grad().defined()) continue;
        const auto norm = parameter.value.grad().norm().square();
        sum = sum.defined() ? sum.add(norm) : norm;
    }
    if (!sum.defined()) return 0;
    const double norm = std::sqrt(sum.item<double>());
    if (limit <= 0 || !std::isfinite(norm) || norm <= limit) return norm;
    for (const Parameter& parameter : m_parameters)
        if (parameter.value.grad().defined()) parameter.value.grad().mul_(limit / norm);
    return norm;
}

void Optimizer::step(double share) {
    const c10::NoGradGuard noGrad;
    ++m_steps;
    for (std::size_t i = 0; i < m_parameters.size(); ++i) {
        const Parameter& parameter = m_parameters[i];
        if (!parameter.value.grad().defined()) continue;
        const PaceOptions& pace = m_options.of(parameter.pace);
        const double learningRate = pace.learningRate * parameter.rateShare * share;
        if (parameter.decays && pace.weightDecay > 0) parameter.value.mul_(1 - learningRate * pace.weightDecay);
        if (m_options.kind == OptimizerKind::AdamW)
            adamw(parameter, m_states[i], learningRate);
        else
            sgd(parameter, m_states[i], learningRate);
    }
}

void Optimizer::adamw(const Parameter& parameter, State& state, double learningRate) const {
    const auto& gradient = parameter.value.grad();
    state.first.mul_(kBeta1).add_(gradient, 1 - kBeta1);
    state.second.mul_(kBeta2).addcmul_(gradient, gradient, 1 - kBeta2);
    const double bias1 = 1 - std::pow(kBeta1, static_cast<double>(m_steps));
    const double bias2 = 1 - std::pow(kBeta2, static_cast<double>(m_steps));
    const auto denominator = state.second.sqrt().div_(std::sqrt(bias2)).add_(kEpsilon);
    parameter.value.addcdiv_(state.first, denominator, -learningRate / bias1);
}

void Optimizer::sgd(const Parameter& parameter, State& state, double learningRate) const {
    state.first.mul_(m_options.momentum).add_(parameter.value.grad());
    parameter.value.add_(state.first, -learningRate);
}

double scheduleShare(std::int64_t step, std::int64_t steps, const TrainOptions& options) {
    const auto warmUp = static_cast<std::int64_t>(std::llround(options.warmupShare * static_cast<double>(steps)));
    if (step < warmUp) return static_cast<double>(step + 1) / static_cast<double>(warmUp);
    if (options.schedule == ScheduleKind::Constant || steps <= warmUp) return 1;
    const double done = static_cast<double>(step - warmUp) / static_cast<double>(steps - warmUp);
    return 0.5 * (1 + std::cos(std::numbers::pi * done));
}

} // namespace levi
