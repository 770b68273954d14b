// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/specialists/specialist_parts.h"

#include <ATen/ops/linear.h>

#include <cmath>

namespace levi {
namespace {

constexpr double kEmbeddingBound = 0.1 * 1.7320508; // uniform of standard deviation .1

} // namespace

std::size_t SpecialistParts::addLinear(const std::string& name, std::int64_t in, std::int64_t out) {
    const double bound = std::sqrt(6 / static_cast<double>(in + out)); // Glorot and Bengio 2010, uniform
    m_parameters.push_back(m_initializer.uniform(name + ".weight", {out, in}, bound, Pace::Specialist));
    m_parameters.push_back(m_initializer.constant(name + ".bias", {out}, 0, Pace::Specialist));
    addFlops(2 * in * out);
    return m_parameters.size() - 2;
}

std::size_t SpecialistParts::addEmbedding(const std::string& name, std::int64_t values, std::int64_t width,
                                          bool knowsNone) {
    auto weight = m_initializer.draw(name + ".weight", {values, width}, kEmbeddingBound);
    if (knowsNone) weight[0].zero_();
    m_parameters.push_back(m_initializer.parameter(name + ".weight", weight, Pace::Specialist, true));
    return m_parameters.size() - 1;
}

std::size_t SpecialistParts::addNorm(const std::string& name, std::int64_t width) {
    m_parameters.push_back(m_initializer.constant(name + ".weight", {width}, 1, Pace::Specialist));
    m_parameters.push_back(m_initializer.constant(name + ".bias", {width}, 0, Pace::Specialist));
    return m_parameters.size() - 2;
}

at::Tensor SpecialistParts::linear(std::size_t place, const at::Tensor& x) const {
    return at::linear(x, value(place), value(place + 1));
}

} // namespace levi
