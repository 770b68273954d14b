// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/model/parameter.h"
#include "core/spec/train_options.h"

#include <vector>

namespace levi {

struct PaceOptions {
    double learningRate = 0, weightDecay = 0;
};

// Peak learning rates and weight decays by pace.
struct OptimizerOptions {
    OptimizerKind kind = OptimizerKind::AdamW;
    double momentum = 0.9; // of SGD
    PaceOptions head, specialist, backbone;

    const PaceOptions& of(Pace pace) const;
};

// AdamW (Loshchilov and Hutter 2019; betas .9, .999, epsilon 1e-8) or SGD with momentum and decoupled decay. Biases and
// norms do not decay. Changes the parameters in place.
class Optimizer {
public:
    Optimizer(std::vector<Parameter> parameters, OptimizerOptions options);

    void clearGradients();
    // The norm of all gradients together; scales them down to `limit` where that is above 0. Not finite where one is
    // not.
    double clipGradients(double limit);
    void step(double share); // of the peak learning rates
    void restart();          // as if made anew: no moving average is carried over

private:
    struct State {
        at::Tensor first, second; // moving averages of gradient and square; first alone for SGD
    };
    void adamw(const Parameter& parameter, State& state, double learningRate) const;
    void sgd(const Parameter& parameter, State& state, double learningRate) const;

    std::vector<Parameter> m_parameters;
    OptimizerOptions m_options;
    std::vector<State> m_states;
    std::int64_t m_steps = 0;
};

// Share of the peak learning rate at a step in [0, steps): a linear warm-up from 1 / warmUp, then as the schedule says.
double scheduleShare(std::int64_t step, std::int64_t steps, const TrainOptions& options);

} // namespace levi
