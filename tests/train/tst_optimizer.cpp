// SPDX-License-Identifier: Apache-2.0
#include "core/engine/train/optimizer.h"
#include "tests/support/test_main.h"

#include <ATen/ops/tensor.h>
#include <c10/core/GradMode.h>

#include <QTest>

#include <cmath>
#include <limits>

using namespace levi;

namespace {

Parameter scalar(float value, bool decays = true, Pace pace = Pace::Head) {
    return {.name = "w", .value = at::tensor({value}).set_requires_grad(true), .pace = pace, .decays = decays};
}

void setGradient(const Parameter& parameter, float value) {
    at::Tensor(parameter.value).mutable_grad() = at::tensor({value});
}

float valueOf(const Parameter& parameter) {
    return parameter.value.item<float>();
}

bool near(double a, double b) {
    return std::abs(a - b) < 1e-6;
}

} // namespace

class TestOptimizer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void adamwFollowsItsFormula() {
        const Parameter w = scalar(1);
        Optimizer optimizer({w}, {.head = {.learningRate = 0.1, .weightDecay = 0.5}});
        double value = 1, m = 0, v = 0;
        for (int step = 1; step <= 3; ++step) {
            setGradient(w, 0.3F);
            optimizer.step(1);
            value *= 1 - 0.1 * 0.5;
            m = 0.9 * m + 0.1 * 0.3;
            v = 0.999 * v + 0.001 * 0.09;
            value -= 0.1 * (m / (1 - std::pow(0.9, step))) / (std::sqrt(v / (1 - std::pow(0.999, step))) + 1e-8);
        }
        QVERIFY(near(valueOf(w), value));
    }

    // Of the pace's learning rate, and so of its decay.
    void aShareOfTheRateScalesTheStep() {
        for (const auto kind : {OptimizerKind::AdamW, OptimizerKind::Sgd}) {
            Parameter whole = scalar(1), part = scalar(1);
            part.rateShare = 0.25;
            Optimizer optimizer({whole, part}, {.kind = kind, .head = {.learningRate = 0.1, .weightDecay = 0.5}});
            setGradient(whole, 0.3F);
            setGradient(part, 0.3F);
            optimizer.step(1);
            const double step =
                kind == OptimizerKind::Sgd ? 0.3 : 1; // AdamW's first step has the gradient's sign alone
            QVERIFY(near(valueOf(whole), (1 - 0.1 * 0.5) - 0.1 * step));
            QVERIFY(near(valueOf(part), (1 - 0.025 * 0.5) - 0.025 * step));
        }
    }

    void aRestartCarriesNothingOver() {
        const Parameter first = scalar(1), second = scalar(1);
        Optimizer used({first}, {.head = {.learningRate = 0.1}}), fresh({second}, {.head = {.learningRate = 0.1}});
        setGradient(first, 5);
        used.step(1);
        {
            const c10::NoGradGuard noGrad;
            at::Tensor(first.value).fill_(1);
        }
        used.restart();
        for (Optimizer* optimizer : {&used, &fresh}) {
            setGradient(optimizer == &used ? first : second, 0.3F);
            optimizer->step(1);
        }
        QCOMPARE(valueOf(first), valueOf(second));
    }

    void sgdFollowsItsFormula() {
        const Parameter w = scalar(1);
        Optimizer optimizer({w}, {.kind = OptimizerKind::Sgd, .momentum = 0.5, .head = {.learningRate = 0.1}});
        for (int step = 0; step < 2; ++step) {
            setGradient(w, 1);
            optimizer.step(1);
        }
        QVERIFY(near(valueOf(w), 1 - 0.1 - 0.15));
    }

    void everyPaceHasItsOwnRate() {
        const Parameter head = scalar(1), specialist = scalar(1, true, Pace::Specialist),
                        backbone = scalar(1, true, Pace::Backbone), bias = scalar(1, false);
        Optimizer optimizer({head, specialist, backbone, bias}, {.kind = OptimizerKind::Sgd,
                                                                 .momentum = 0,
                                                                 .head = {.learningRate = 0.1, .weightDecay = 1},
                                                                 .specialist = {.learningRate = 0.2},
                                                                 .backbone = {.learningRate = 0.4}});
        for (const Parameter& parameter : {head, specialist, backbone, bias})
            setGradient(parameter, 1);
        optimizer.step(0.5);
        QVERIFY(near(valueOf(head), 1 * 0.95 - 0.05));
        QVERIFY(near(valueOf(specialist), 0.9));
        QVERIFY(near(valueOf(backbone), 0.8));
        QVERIFY(near(valueOf(bias), 0.95)); // does not decay
    }

    void clipsTheNormOfAllGradientsTogether() {
        const Parameter a = scalar(0), b = scalar(0);
        Optimizer optimizer({a, b}, {});
        setGradient(a, 3);
        setGradient(b, 4);
        QVERIFY(near(optimizer.clipGradients(0), 5)); // off
        QVERIFY(near(a.value.grad().item<float>(), 3));
        QVERIFY(near(optimizer.clipGradients(1), 5));
        QVERIFY(near(a.value.grad().item<float>(), 0.6));
        setGradient(b, std::numeric_limits<float>::quiet_NaN());
        QVERIFY(!std::isfinite(optimizer.clipGradients(1)));
    }

    void warmsUpAndCoolsDown_data() {
        QTest::addColumn<int>("step");
        QTest::addColumn<bool>("constant");
        QTest::addColumn<double>("share");
        QTest::newRow("first") << 0 << false << 0.1;
        QTest::newRow("end of the warm-up") << 9 << false << 1.0;
        QTest::newRow("peak") << 10 << false << 1.0;
        QTest::newRow("half way") << 55 << false << 0.5;
        QTest::newRow("last") << 99 << false << 0.5 * (1 + std::cos(M_PI * 89 / 90));
        QTest::newRow("constant, last") << 99 << true << 1.0;
    }

    void warmsUpAndCoolsDown() {
        QFETCH(int, step);
        QFETCH(bool, constant);
        QFETCH(double, share);
        TrainOptions options;
        options.warmupShare = 0.1;
        options.schedule = constant ? ScheduleKind::Constant : ScheduleKind::Cosine;
        QVERIFY(near(scheduleShare(step, 100, options), share));
    }
};

LEVI_TEST(TestOptimizer)
#include "tst_optimizer.moc"
