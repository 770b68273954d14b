// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/method/logistic_fit.h"

namespace levi {

struct RidgeFit {
    LinearHead head; // (1, D) and (1)
    double loss = 0; // mean squared error over the rows, without the penalty
};

// Ridge regression on N rows of D features, in float64 on the CPU: minimises
//   sum_i (w x_i + b - y_i)^2 + |w|^2 / C,
// which is scikit-learn's Ridge with alpha = 1 / C and no penalty on the bias. One eigendecomposition of the features'
// scatter matrix answers for every C.
class RidgePath {
public:
    RidgePath(const at::Tensor& x, const at::Tensor& y); // (N, D), (N)

    RidgeFit fit(double c) const;

private:
    at::Tensor m_x, m_y, m_meanX, m_meanY;
    at::Tensor m_spread, m_axes, m_aimed; // eigenvalues (D), eigenvectors (D, D), axes^T X^T y (D)
};

} // namespace levi
