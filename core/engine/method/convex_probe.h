// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/method/logistic_fit.h"
#include "core/engine/method/method.h"
#include "core/spec/methods/probe_options.h"

#include <functional>

namespace levi {

struct ProbeCandidate {
    double c = 0;    // inverse strength of the penalty
    LinearHead head; // of the features as they are; of numbers, of standardised targets
    double trainLoss = 0;
    std::int64_t iterations = 0;
};

// The convex linear probe on last_hidden_state: for each C of logspace(-7, 2, n) logistic regression, each fit starting
// from the one before (transfer_learning's log_reg_sk.py), or of numbers ridge regression. The features are scaled for
// the fit, the weights scaled back.
class ConvexProbe {
public:
    ConvexProbe(const Preparation& given, ConvexFitOptions options);

    // From the smallest C to the largest. Throws Stopped.
    void sweep(const std::function<void(const ProbeCandidate&)>& visit) const;
    // The best on id_val, by accuracy or by squared error; of equals the one with the smallest C. Throws Stopped.
    LinearHead best() const;

private:
    using Visit = std::function<void(const ProbeCandidate&)>;

    void sweepClasses(const Visit& visit) const;
    void sweepNumbers(const Visit& visit) const;
    double cAt(std::int64_t place) const;
    LinearHead unscaled(const LinearHead& head) const;
    at::Tensor features(const RowSet& rows) const; // (N, Z), float64
    at::Tensor targets(const RowSet& rows) const;  // (N): classes, or standardised numbers in float64

    const Preparation& m_given;
    ConvexFitOptions m_options;
    at::Tensor m_x, m_y;        // of the training rows, scaled
    at::Tensor m_mean, m_scale; // (1) or (Z)
};

// Into a network whose only adapter is linear.
void setHead(Network& network, const LinearHead& head);

} // namespace levi
