// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <stop_token>

namespace levi {

// N rows, D features, K classes, in float64 on the CPU.

struct LogisticRows {
    at::Tensor x; // (N, D)
    at::Tensor y; // (N) int64, in [0, K)
    std::int64_t classes = 0;
};

struct LinearHead {
    at::Tensor weight; // (K, D)
    at::Tensor bias;   // (K)
};

struct LogisticOptions {
    double tolerance = 1e-6; // largest entry of the gradient where the minimum counts as found
    std::int64_t mostIterations = 1000;
    std::stop_token stop; // asked once an iteration
};

struct LogisticFit {
    LinearHead head;
    double loss = 0;            // mean over the rows, without the penalty
    double largestGradient = 0; // entry, of what is minimised
    std::int64_t iterations = 0;
    bool converged = false; // largestGradient <= tolerance
};

// Multinomial logistic regression with an L2 penalty on the weights but not on the biases: minimises
//   mean_i -log softmax(W x_i + b)[y_i] + |W|^2 / (2 C N),
// which is scikit-learn's objective divided by C N, by L-BFGS (Nocedal and Wright 2006, algorithm 7.5) from `start`.
// The loss is convex, so what is found does not depend on the start; equal inputs give equal bits. Throws Stopped.
LogisticFit fitLogistic(const LogisticRows& rows, double c, const LinearHead& start,
                        const LogisticOptions& options = {});

LinearHead zeroHead(std::int64_t classes, std::int64_t features);

} // namespace levi
