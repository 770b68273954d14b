// SPDX-License-Identifier: Apache-2.0
#include "core/engine/train/weight_average.h"
#include "tests/support/test_main.h"

#include <c10/core/GradMode.h>

#include <QTest>

using namespace levi;

namespace {

constexpr std::int64_t kSteps = 8;

TrainOptions options(Average average, double start = 0, double decay = 0.9) {
    TrainOptions o;
    o.average = average;
    o.averageStart = start;
    o.averageDecay = decay;
    return o;
}

// One number that is `at(step)` after each step.
struct Walk {
    Parameter parameter = Initializer(1).constant("w", {1}, 0, Pace::Head);

    void set(double value) const {
        const c10::NoGradGuard noGrad;
        at::Tensor(parameter.value).fill_(value);
    }
    double value() const { return parameter.value.item<double>(); }
};

double averageOf(const std::vector<double>& path, const TrainOptions& o) {
    const Walk walk;
    WeightAverage average({walk.parameter}, o, kSteps);
    for (std::size_t step = 0; step < path.size(); ++step) {
        walk.set(path[step]);
        average.add(std::int64_t(step));
    }
    const AveragedWeights averaged(average);
    return walk.value();
}

bool near(double a, double b) {
    return std::abs(a - b) < 1e-6;
}

} // namespace

class TestWeightAverage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void swaIsTheMeanOfTheWeights() {
        QVERIFY(near(averageOf({1, 2, 6, 7}, options(Average::Swa)), 4));
        QVERIFY(near(averageOf({1, 2, 6, 7}, options(Average::Swa, 0.25)), 6.5)); // from step 2 of 8 on
        QCOMPARE(averageOf({0.1, 0.1, 0.1, 0.1}, options(Average::Swa)), double(0.1F));
    }

    void emaFollowsItsFormula() {
        const double expected = 0.9 * (0.9 * 1 + 0.1 * 2) + 0.1 * 6;
        QVERIFY(near(averageOf({1, 2, 6}, options(Average::Ema)), expected));
        QCOMPARE(averageOf({1, 0.3, 0.7}, options(Average::Ema, 0, 0)), double(0.7F)); // decay 0: the weights
    }

    void beginsWhenItsShareIsOver() {
        const Walk walk;
        WeightAverage average({walk.parameter}, options(Average::Swa, 0.5), kSteps);
        average.add(3);
        QVERIFY(!average.begun());
        average.add(4);
        QVERIFY(average.begun());
    }

    void leavesTheWeightsAsTheyWere() {
        const Walk walk;
        WeightAverage average({walk.parameter}, options(Average::Swa), kSteps);
        for (const double value : {1.0, 3.0}) {
            walk.set(value);
            average.add(0);
        }
        { const AveragedWeights averaged(average); }
        QCOMPARE(walk.value(), 3.0);
        const AveragedWeights averaged(average);
        QCOMPARE(walk.value(), 2.0);
    }
};

LEVI_TEST(TestWeightAverage)
#include "tst_weight_average.moc"
