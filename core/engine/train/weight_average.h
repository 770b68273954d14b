// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/model/parameter.h"
#include "core/spec/train_options.h"

#include <string>
#include <vector>

namespace levi {

// An average of the weights along the training, from a share of its steps on:
//   ema: a <- decay a + (1 - decay) theta;  swa: the mean of the weights after each step (Izmailov et al. 2018).
// Both start from the weights after the first step that counts.
class WeightAverage {
public:
    WeightAverage(const std::vector<Parameter>& parameters, const TrainOptions& options, std::int64_t steps);

    void add(std::int64_t step); // after that step
    bool begun() const { return m_count > 0; }
    std::string kind() const { return nameOf(m_average); } // of its candidates

    // Exchanges the values of parameters and averages.
    void swap();

private:
    void addTo(at::Tensor& average, const at::Tensor& weights) const;

    std::vector<at::Tensor> m_weights, m_averages;
    Average m_average;
    double m_decay;
    std::int64_t m_begin;     // step
    std::int64_t m_count = 0; // steps that are in it
};

// While it lives, the network has the averages for weights.
class AveragedWeights {
public:
    explicit AveragedWeights(WeightAverage& average) : m_average(average) { m_average.swap(); }
    ~AveragedWeights() { m_average.swap(); }
    AveragedWeights(const AveragedWeights&) = delete;
    AveragedWeights& operator=(const AveragedWeights&) = delete;

private:
    WeightAverage& m_average;
};

} // namespace levi
