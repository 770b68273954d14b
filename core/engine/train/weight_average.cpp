// SPDX-License-Identifier: Apache-2.0
#include "core/engine/train/weight_average.h"

#include <c10/core/GradMode.h>

#include <cmath>

namespace levi {

WeightAverage::WeightAverage(const std::vector<Parameter>& parameters, const TrainOptions& options, std::int64_t steps)
    : m_average(options.average),
      m_decay(options.averageDecay),
      m_begin(static_cast<std::int64_t>(std::llround(options.averageStart * static_cast<double>(steps)))) {
    for (const Parameter& parameter : parameters)
        m_weights.push_back(parameter.value);
}

void WeightAverage::add(std::int64_t step) {
    if (step < m_begin) return;
    const c10::NoGradGuard noGrad;
    for (std::size_t i = 0; i < m_weights.size(); ++i) {
        if (m_count == 0)
            m_averages.push_back(m_weights[i].detach().clone());
        else
            addTo(m_averages[i], m_weights[i]);
    }
    ++m_count;
}

void WeightAverage::addTo(at::Tensor& average, const at::Tensor& weights) const {
    if (m_average == Average::Ema)
        average.mul_(m_decay).add_(weights, 1 - m_decay);
    else
        average.add_(weights.sub(average), 1 / static_cast<double>(m_count + 1));
}

void WeightAverage::swap() {
    const c10::NoGradGuard noGrad;
    for (std::size_t i = 0; i < m_averages.size(); ++i) {
        const auto kept = m_weights[i].detach().clone();
        m_weights[i].copy_(m_averages[i]);
        m_averages[i].copy_(kept);
    }
}

} // namespace levi
