// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/logistic_fit.h"

#include "core/engine/data/load.h"
#include "core/engine/train/work_done.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/dot.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/one_hot.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cmath>
#include <deque>

namespace levi {
namespace {

constexpr std::size_t kMemory = 10; // pairs of steps and gradients
constexpr double kCurvature = 0.9;  // the slope at the end of a step, as a share of that at its beginning
constexpr double kProducts = 4;     // FLOPs by row, feature and class: of the logits, and of the weights' gradient
constexpr int kMostTrials = 40;     // of one line search

// All of W and b side by side in one vector: (K D + K).
struct Point {
    at::Tensor at, gradient;
    double value = 0, loss = 0; // with and without the penalty
};

class PenalisedLoss {
public:
    PenalisedLoss(const LogisticRows& rows, double c)
        : m_rows(rows),
          m_targets(at::one_hot(rows.y, rows.classes).to(at::kDouble)),
          m_penalty(1 / (c * static_cast<double>(rows.x.size(0)))) {}

    LinearHead head(const at::Tensor& at) const {
        const std::int64_t k = m_rows.classes, d = m_rows.x.size(1);
        return {.weight = at.slice(0, 0, k * d).view({k, d}), .bias = at.slice(0, k * d)};
    }

    Point point(const at::Tensor& at) const {
        addWork(kProducts * static_cast<double>(m_rows.x.numel() * m_rows.classes));
        const auto [w, b] = head(at);
        const auto n = static_cast<double>(m_rows.x.size(0));
        const auto logP = at::log_softmax(at::linear(m_rows.x, w, b), 1);
        const auto error = (logP.exp() - m_targets).div_(n); // (N, K)
        Point p{.at = at};
        p.loss = -(logP * m_targets).sum().item<double>() / n;
        p.value = p.loss + 0.5 * m_penalty * w.square().sum().item<double>();
        p.gradient = at::cat({at::mm(error.t(), m_rows.x).add_(w, m_penalty).flatten(), error.sum(0)});
        return p;
    }

private:
    const LogisticRows& m_rows;
    at::Tensor m_targets;
    double m_penalty;
};

double innerProduct(const at::Tensor& a, const at::Tensor& b) {
    return at::dot(a, b).item<double>();
}

double largest(const at::Tensor& t) {
    return t.abs().max().item<double>();
}

// The inverse Hessian as the last steps show it.
class Curvature {
public:
    void add(const at::Tensor& step, const at::Tensor& change) {
        const double product = innerProduct(step, change);
        if (!(product > 1e-300)) return;
        m_pairs.push_back({step, change, product});
        if (m_pairs.size() > kMemory) m_pairs.pop_front();
    }

    void forget() { m_pairs.clear(); }
    bool empty() const { return m_pairs.empty(); }

    // -H g. Without any pair yet: g at a length that a first step may have.
    at::Tensor direction(const at::Tensor& gradient) const {
        if (m_pairs.empty()) return gradient.mul(-1 / std::max(1.0, gradient.norm().item<double>()));
        auto q = gradient.clone();
        std::vector<double> alphas(m_pairs.size());
        for (std::size_t i = m_pairs.size(); i-- > 0;) {
            alphas[i] = innerProduct(m_pairs[i].step, q) / m_pairs[i].product;
            q.sub_(m_pairs[i].change, alphas[i]);
        }
        const Pair& last = m_pairs.back();
        q.mul_(last.product / innerProduct(last.change, last.change));
        for (std::size_t i = 0; i < m_pairs.size(); ++i)
            q.add_(m_pairs[i].step, alphas[i] - innerProduct(m_pairs[i].change, q) / m_pairs[i].product);
        return q.neg();
    }

private:
    struct Pair {
        at::Tensor step, change;
        double product;
    };
    std::deque<Pair> m_pairs;
};

// Along a convex function the slope only rises, so the search brackets its zero: values of the function, whose last
// digits are rounding near the minimum, only have to not rise.
Point lineSearch(const PenalisedLoss& objective, const Point& from, const at::Tensor& direction) {
    const double slope = innerProduct(from.gradient, direction);
    const double slack = 1e-13 * (1 + std::abs(from.value));
    double low = 0, high = 0, share = 1; // high 0: not known yet
    Point best = from;
    for (int trial = 0; trial < kMostTrials; ++trial) {
        Point next = objective.point(from.at.add(direction, share));
        const double found = innerProduct(next.gradient, direction);
        const bool rises = !(next.value <= from.value + slack);
        if (!rises && std::abs(found) <= kCurvature * std::abs(slope)) return next;
        if (rises || found > 0) {
            high = share;
        } else {
            low = share;
            best = std::move(next);
        }
        share = high > 0 ? (low + high) / 2 : 2 * share;
    }
    return best;
}

} // namespace

LinearHead zeroHead(std::int64_t classes, std::int64_t features) {
    return {.weight = at::zeros({classes, features}, at::kDouble), .bias = at::zeros({classes}, at::kDouble)};
}

LogisticFit fitLogistic(const LogisticRows& rows, double c, const LinearHead& start, const LogisticOptions& options) {
    const c10::NoGradGuard noGrad;
    const PenalisedLoss objective(rows, c);
    Curvature curvature;
    Point here = objective.point(at::cat({start.weight.flatten(), start.bias}));
    LogisticFit fit;
    while (largest(here.gradient) > options.tolerance && fit.iterations < options.mostIterations) {
        if (options.stop.stop_requested()) throw Stopped{};
        ++fit.iterations;
        Point next = lineSearch(objective, here, curvature.direction(here.gradient));
        const auto step = next.at - here.at;
        if (largest(step) == 0) { // no way down along this direction
            if (curvature.empty()) break;
            curvature.forget();
            continue;
        }
        curvature.add(step, next.gradient - here.gradient);
        here = std::move(next);
    }
    const auto found = objective.head(here.at);
    fit.head = {.weight = found.weight.clone(), .bias = found.bias.clone()};
    fit.loss = here.loss;
    fit.largestGradient = largest(here.gradient);
    fit.converged = fit.largestGradient <= options.tolerance;
    return fit;
}

} // namespace levi
