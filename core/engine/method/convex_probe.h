// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/method/logistic_fit.h"
#include "core/engine/method/method.h"
#include "core/spec/methods/probe_options.h"

#include <functional>

namespace levi {

struct ProbeCandidate {
    double c = 0;    // inverse strength of the penalty
    LinearHead head; // of the features as they are
    double trainLoss = 0;
    std::int64_t iterations = 0;
};

// The convex linear probe on last_hidden_state: logistic regression for each C of logspace(-7, 2, n), each fit starting
// from the one before (transfer_learning's log_reg_sk.py). The features are scaled for the fit, the weights scaled
// back.
class ConvexProbe {
public:
    ConvexProbe(const Preparation& given, ConvexFitOptions options);

    // From the smallest C to the largest. Throws Stopped.
    void sweep(const std::function<void(const ProbeCandidate&)>& visit) const;
    // The most accurate on id_val, of equals the one with the smallest C. Throws Stopped.
    LinearHead best() const;

private:
    at::Tensor features(const RowSet& rows) const; // (N, Z), float64

    const Preparation& m_given;
    ConvexFitOptions m_options;
    LogisticRows m_rows;        // scaled
    at::Tensor m_mean, m_scale; // (1) or (Z)
};

// Into a network whose only adapter is linear.
void setHead(Network& network, const LinearHead& head);

} // namespace levi
