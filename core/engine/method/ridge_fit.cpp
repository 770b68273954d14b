// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/ridge_fit.h"

#include "core/engine/train/work_done.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/mv.h>
#include <c10/core/GradMode.h>

#include <cmath>
#include <tuple>

namespace levi {
namespace {

constexpr double kEigenFlops = 9; // by D^3: reduction to tridiagonal form and back, about

} // namespace

RidgePath::RidgePath(const at::Tensor& x, const at::Tensor& y) : m_x(x), m_y(y), m_meanX(x.mean(0)), m_meanY(y.mean()) {
    const c10::NoGradGuard noGrad;
    const auto centred = x.sub(m_meanX);
    const auto width = static_cast<double>(x.size(1));
    addWork(2 * static_cast<double>(x.numel()) * width + kEigenFlops * std::pow(width, 3));
    std::tie(m_spread, m_axes) = at::linalg_eigh(at::mm(centred.t(), centred));
    m_aimed = at::mv(m_axes.t(), at::mv(centred.t(), y.sub(m_meanY)));
}

RidgeFit RidgePath::fit(double c) const {
    const c10::NoGradGuard noGrad;
    const auto weight = at::mv(m_axes, m_aimed / (m_spread.clamp_min(0) + 1 / c));
    const auto bias = m_meanY - weight.dot(m_meanX);
    const auto error = at::mv(m_x, weight) + bias - m_y;
    return {.head = {.weight = weight.unsqueeze(0), .bias = bias.unsqueeze(0)},
            .loss = error.square().mean().item<double>()};
}

} // namespace levi
