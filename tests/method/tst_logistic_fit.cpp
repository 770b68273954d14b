// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/load.h"
#include "core/engine/method/logistic_fit.h"
#include "core/engine/model/parameter.h"
#include "tests/support/test_main.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/one_hot.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <QTest>

#include <cmath>

using namespace levi;

namespace {

// Classes that overlap, so that there is a minimum at every C.
LogisticRows noisyRows(std::int64_t rows = 90, std::int64_t features = 5, std::int64_t classes = 3) {
    const auto y = at::arange(rows, at::kLong).remainder(classes);
    const auto x = Initializer(2).draw("x", {rows, features}, 1).to(at::kDouble);
    x.select(1, 0).add_(y.to(at::kDouble), 0.4);
    return {.x = x, .y = y, .classes = classes};
}

LogisticFit fit(const LogisticRows& rows, double c, double tolerance = 1e-10) {
    return fitLogistic(rows, c, zeroHead(rows.classes, rows.x.size(1)), {.tolerance = tolerance});
}

// Of the objective, by its formula.
double largestGradient(const LogisticRows& rows, double c, const LinearHead& head) {
    const auto n = double(rows.x.size(0));
    const auto p = at::softmax(at::linear(rows.x, head.weight, head.bias), 1);
    const auto error = (p - at::one_hot(rows.y, rows.classes).to(at::kDouble)) / n;
    const auto ofWeights = error.t().matmul(rows.x) + head.weight / (c * n);
    return std::max(ofWeights.abs().max().item<double>(), error.sum(0).abs().max().item<double>());
}

} // namespace

class TestLogisticFit : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void endsWhereTheGradientIsZero_data() {
        QTest::addColumn<double>("c");
        for (const double c : {1e-7, 1e-3, 1.0, 100.0})
            QTest::addRow("C = %g", c) << c;
    }

    void endsWhereTheGradientIsZero() {
        QFETCH(double, c);
        const auto rows = noisyRows();
        const auto found = fit(rows, c);
        QVERIFY(found.converged);
        QVERIFY(found.iterations < 200);
        QVERIFY2(largestGradient(rows, c, found.head) < 1e-8, qPrintable(QString::number(found.largestGradient)));
        const auto logP = at::log_softmax(at::linear(rows.x, found.head.weight, found.head.bias), 1);
        const double loss = -logP.gather(1, rows.y.unsqueeze(1)).mean().item<double>();
        QVERIFY(std::abs(found.loss - loss) < 1e-12);
    }

    // Two rows, x = 1 of class 1 and x = -1 of class 0. By symmetry W = (-w, w) and b = 0, and w solves
    // w / C = 2 / (1 + exp(2 w)).
    void equalsTheSolutionThatIsKnown_data() {
        QTest::addColumn<double>("c");
        for (const double c : {1e-3, 0.5, 1.0, 20.0})
            QTest::addRow("C = %g", c) << c;
    }

    void equalsTheSolutionThatIsKnown() {
        QFETCH(double, c);
        double low = 0, high = 100;
        for (int i = 0; i < 200; ++i) {
            const double w = (low + high) / 2;
            (w / c < 2 / (1 + std::exp(2 * w)) ? low : high) = w;
        }
        const LogisticRows rows{
            .x = at::tensor({1.0, -1.0}, at::kDouble).unsqueeze(1), .y = at::tensor({1, 0}, at::kLong), .classes = 2};
        const auto found = fit(rows, c, 1e-13).head;
        QVERIFY(std::abs(found.weight[1][0].item<double>() - low) < 1e-8);
        QVERIFY(std::abs(found.weight[0][0].item<double>() + low) < 1e-8);
        QVERIFY(found.bias.abs().max().item<double>() < 1e-8);
    }

    // As C goes to zero, W goes to C times the covariance of features and targets, as ridge regression does.
    void isRidgeWhereThePenaltyIsStrong() {
        auto rows = noisyRows();
        rows.x = rows.x - rows.x.mean(0);
        const double c = 1e-6;
        const auto targets = at::one_hot(rows.y, rows.classes).to(at::kDouble);
        const auto expected = (targets - targets.mean(0)).t().matmul(rows.x) * c;
        const auto found = fit(rows, c, 1e-14).head.weight;
        QVERIFY((found - expected).abs().max().item<double>() < 1e-4 * expected.abs().max().item<double>());
    }

    void learnsClassSharesWithoutFeatures() {
        const LogisticRows rows{
            .x = at::zeros({6, 2}, at::kDouble), .y = at::tensor({0, 1, 1, 2, 2, 2}, at::kLong), .classes = 3};
        const auto p = at::softmax(fit(rows, 1).head.bias, 0);
        for (const int c : {0, 1, 2})
            QVERIFY(std::abs(p[c].item<double>() - (c + 1) / 6.0) < 1e-8);
    }

    void startsAnywhere() {
        const auto rows = noisyRows();
        const auto one = fit(rows, 1), again = fit(rows, 1);
        QVERIFY(at::equal(one.head.weight, again.head.weight));
        const LinearHead elsewhere{.weight = Initializer(7).draw("w", {3, 5}, 3).to(at::kDouble),
                                   .bias = Initializer(7).draw("b", {3}, 3).to(at::kDouble)};
        const auto other = fitLogistic(rows, 1, elsewhere, {.tolerance = 1e-10});
        QVERIFY((one.head.weight - other.head.weight).abs().max().item<double>() < 1e-7);
    }

    // Rows that a line divides have no minimum without a penalty: the fit ends all the same.
    void endsOnSeparableRows() {
        const LogisticRows rows{.x = at::tensor({3.0, 2.0, -1.0, -2.0}, at::kDouble).unsqueeze(1),
                                .y = at::tensor({1, 1, 0, 0}, at::kLong),
                                .classes = 2};
        const auto found = fitLogistic(rows, 1e12, zeroHead(2, 1), {.tolerance = 1e-9});
        QVERIFY(found.iterations <= 1000);
        QVERIFY(found.head.weight.isfinite().all().item<bool>());
        QVERIFY(found.loss < 1e-6);
    }

    void stops() {
        std::stop_source stop;
        stop.request_stop();
        const auto rows = noisyRows();
        QVERIFY_THROWS_EXCEPTION(Stopped, fitLogistic(rows, 1, zeroHead(3, 5), {.stop = stop.get_token()}));
    }
};

LEVI_TEST(TestLogisticFit)
#include "tst_logistic_fit.moc"
