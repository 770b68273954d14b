// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/method.h"
#include "core/engine/train/mixed_precision.h"
#include "core/engine/train/trainer.h"
#include "tests/method/two_domains.h"
#include "tests/support/test_main.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>

#include <QTest>

#include <cmath>

using namespace levi;
using test::Given;
using test::objective;

namespace {

// Four rows of domain 4, then four of domain 7; two classes.
const at::Tensor kLogits =
    at::tensor({2.0, -1.0, 0.5, 0.5, -0.3, 1.2, 1.0, 3.0, 0.1, 0.4, -2.0, 0.7, 1.5, 1.0, 0.2, -0.8}, at::kFloat)
        .reshape({8, 2});
const std::vector<std::int64_t> kTargets = {0, 1, 1, 0, 1, 0, 0, 1};

StepInput input() {
    return {.targets = at::tensor(kTargets, at::kLong), .groups = at::tensor({4, 4, 4, 4, 7, 7, 7, 7}, at::kLong)};
}

// Cross-entropy of scale * logits by hand: of a row with any label, and its mean over some rows.
double rowLoss(std::int64_t row, std::int64_t label, double scale = 1) {
    const double a = scale * kLogits[row][0].item<double>(), b = scale * kLogits[row][1].item<double>();
    return std::log(std::exp(a) + std::exp(b)) - (label == 0 ? a : b);
}
double lossOf(const std::vector<std::int64_t>& rows, double scale = 1) {
    double sum = 0;
    for (const std::int64_t row : rows)
        sum += rowLoss(row, kTargets[std::size_t(row)], scale);
    return sum / double(rows.size());
}
const std::vector<std::int64_t> kFirst = {0, 1, 2, 3}, kSecond = {4, 5, 6, 7};

double valueOf(Objective& objective, const Network& network, std::int64_t step = 0) {
    return objective.loss(network, input(), 0, {.seed = 1, .step = step}).item<double>();
}

bool near(double a, double b, double tolerance = 1e-5) {
    return std::abs(a - b) < tolerance * std::max(1.0, std::abs(b));
}

} // namespace

class TestObjectives : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void groupDroFollowsItsFormula() {
        const Given network(kLogits);
        const auto dro = objective("group_dro", {"method.step_size=0.5"});
        double q1 = 1, q2 = 1;
        for (int step = 0; step < 3; ++step) {
            q1 *= std::exp(0.5 * lossOf(kFirst));
            q2 *= std::exp(0.5 * lossOf(kSecond));
            const double sum = q1 + q2;
            q1 /= sum;
            q2 /= sum;
            QVERIFY(near(valueOf(*dro, network, step), q1 * lossOf(kFirst) + q2 * lossOf(kSecond)));
        }
        QVERIFY(lossOf(kSecond) > lossOf(kFirst) && q2 > 0.55);
        const auto notes = dro->notes();
        QCOMPARE(notes.at(0).name, std::string("group_weights"));
        QCOMPARE(notes.at(0).text, fmt::format("art={:.3f} photo={:.3f}", q1, q2));
    }

    void groupDroWithoutStepsIsTheMeanOverDomains() {
        const auto dro = objective("group_dro", {"method.step_size=0"});
        QVERIFY(near(valueOf(*dro, Given(kLogits)), (lossOf(kFirst) + lossOf(kSecond)) / 2));
    }

    // The weights are detached: the gradient is that of the weighted sum.
    void groupDroWeighsGradients() {
        const Given network(kLogits);
        const auto dro = objective("group_dro", {"method.step_size=3"});
        dro->loss(network, input(), 0, {}).backward();
        const double q2 = 1 / (1 + std::exp(3 * (lossOf(kFirst) - lossOf(kSecond))));
        const auto& gradient = network.logitsGradient();
        const double p = 1 / (1 + std::exp(kLogits[4][1].item<double>() - kLogits[4][0].item<double>()));
        QVERIFY(near(gradient[4][0].item<double>(), q2 * p / 4)); // of class 1
    }

    void irmEqualsAFiniteDifference() {
        const Given network(kLogits);
        const auto irm = objective("irm", {"method.penalty_weight=30", "method.anneal_share=0"});
        irm->begin(10);
        const auto slope = [](const std::vector<std::int64_t>& rows) {
            return (lossOf(rows, 1 + 1e-4) - lossOf(rows, 1 - 1e-4)) / 2e-4;
        };
        const double penalty = (slope({0, 2}) * slope({1, 3}) + slope({4, 6}) * slope({5, 7})) / 2;
        const double mean = (lossOf(kFirst) + lossOf(kSecond)) / 2;
        QVERIFY(std::abs(penalty) > 1e-3);
        QVERIFY(near(valueOf(*irm, network), mean + 30 * penalty, 1e-4));
    }

    void irmSmoothsLabelsAlike() {
        const Given network(kLogits);
        const auto irm = objective("irm", {"method.penalty_weight=1e6", "method.anneal_share=0"});
        const auto at = [&](double smoothing) { return irm->loss(network, input(), smoothing, {}).item<double>(); };
        const auto slope = [](const std::vector<std::int64_t>& rows, double smoothing) {
            const auto smoothed = [&](double scale) {
                double even = 0;
                for (const std::int64_t row : rows)
                    even += scale * (kLogits[row][kTargets[std::size_t(row)]].item<double>() -
                                     kLogits[row].mean().item<double>());
                return lossOf(rows, scale) + smoothing * even / double(rows.size());
            };
            return (smoothed(1 + 1e-4) - smoothed(1 - 1e-4)) / 2e-4;
        };
        const double penalty = (slope({0, 2}, 0.2) * slope({1, 3}, 0.2) + slope({4, 6}, 0.2) * slope({5, 7}, 0.2)) / 2;
        QVERIFY(near(at(0.2), 1e6 * penalty, 1e-2));
        QVERIFY(!near(at(0), 1e6 * penalty, 1e-2));
    }

    void vrexPenalisesTheVariance() {
        const auto vrex = objective("vrex", {"method.penalty_weight=7", "method.anneal_share=0"});
        const double half = (lossOf(kFirst) - lossOf(kSecond)) / 2, mean = (lossOf(kFirst) + lossOf(kSecond)) / 2;
        QVERIFY(near(valueOf(*vrex, Given(kLogits)), mean + 7 * half * half));
    }

    void penaltiesJumpWhenTheirShareIsOver_data() {
        QTest::addColumn<QByteArray>("method");
        for (const char* method : {"irm", "vrex"})
            QTest::newRow(method) << QByteArray(method);
    }

    void penaltiesJumpWhenTheirShareIsOver() {
        QFETCH(QByteArray, method);
        const Given network(kLogits);
        const auto made = objective(method.toStdString(), {"method.penalty_weight=50", "method.anneal_share=0.3"});
        made->begin(10);
        const double mean = (lossOf(kFirst) + lossOf(kSecond)) / 2;
        QVERIFY(near(valueOf(*made, network, 3) - mean, 50 * (valueOf(*made, network, 2) - mean), 1e-3));
        for (std::int64_t step = 0; step < 10; ++step)
            QCOMPARE(made->jumpsAt(step), step == 3);
    }

    // By hand: means (1, 0) and (1, 2), covariances [[2, 0], [0, 0]] and [[0, 0], [0, 2]].
    void coralAlignsMeansAndCovariances() {
        const auto seen = at::tensor({0.0F, 0.0F, 2.0F, 0.0F, 1.0F, 1.0F, 1.0F, 3.0F}).reshape({4, 2});
        const Given network(kLogits.slice(0, 0, 4), seen);
        const auto coral = objective("coral", {"method.penalty_weight=0.5"});
        const StepInput few{.targets = at::tensor({0, 1, 1, 0}, at::kLong),
                            .groups = at::tensor({4, 4, 7, 7}, at::kLong)};
        const double mean = (lossOf({0, 1}) + lossOf({2, 3})) / 2;
        QVERIFY(near(coral->loss(network, few, 0, {}).item<double>(), mean + 0.5 * ((0 + 4) / 2.0 + (4 + 4) / 4.0)));
    }

    // The network may be computed in bfloat16, what is minimised not.
    void lossesStayFloat32_data() {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("setting");
        QTest::newRow("group_dro") << QByteArray("group_dro") << QByteArray("method.step_size=0.5");
        QTest::newRow("mixup") << QByteArray("mixup") << QByteArray("method.alpha=1");
        for (const char* method : {"irm", "vrex", "coral"})
            QTest::newRow(method) << QByteArray(method) << QByteArray("method.penalty_weight=10");
    }

    void lossesStayFloat32() {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, setting);
        const auto values = [&](Precision precision) {
            const auto seen = at::arange(32, at::kFloat).sin().reshape({8, 4});
            const Given network(kLogits, seen);
            const auto made = objective(method.toStdString(), {setting.toStdString()});
            made->begin(1);
            const MixedPrecision mixed(precision, at::kCPU);
            return valueOf(*made, network, 1);
        };
        QVERIFY(near(values(Precision::Bf16), values(Precision::Fp32), 1e-6));
    }

    void mixupOfNothingIsTheEmpiricalRisk_data() {
        QTest::addColumn<QByteArray>("alpha");
        for (const char* alpha : {"0", "1e-9"})
            QTest::newRow(alpha) << QByteArray(alpha);
    }

    void mixupOfNothingIsTheEmpiricalRisk() {
        QFETCH(QByteArray, alpha);
        const auto mixup = objective("mixup", {"method.alpha=" + alpha.toStdString()});
        const double risk = (lossOf(kFirst) + lossOf(kSecond)) / 2;
        for (std::int64_t step = 0; step < 5; ++step)
            QVERIFY(near(valueOf(*mixup, Given(kLogits), step), risk));
    }

    // Rows that are unit vectors: what the network reads is how much of each row is in it.
    void mixupMixesEveryReaderAndTheLoss() {
        StepInput rows = input();
        rows.pooled = at::eye(8).reshape({1, 8, 1, 8});
        rows.backbone.pixels = rows.specialist.pixels = at::eye(8).reshape({8, 8, 1, 1});
        const Given network(kLogits);
        const auto mixup = objective("mixup", {"method.alpha=1"});
        const double loss = mixup->loss(network, rows, 0, {.seed = 1, .step = 3}).item<double>();
        const auto mixture = network.seen().pooled.reshape({8, 8});
        QVERIFY(mixture.equal(network.seen().backbone.pixels.reshape({8, 8})));
        QVERIFY(mixture.equal(network.seen().specialist.pixels.reshape({8, 8})));
        QVERIFY(mixture.diagonal().ge(0.5).all().item<bool>());
        QVERIFY(mixture.diagonal().min().item<double>() < 0.99);
        QVERIFY(mixture.sum(1).allclose(at::ones({8})));
        double expected = 0;
        for (std::int64_t i = 0; i < 8; ++i)
            for (std::int64_t j = 0; j < 8; ++j)
                expected += mixture[i][j].item<double>() * rowLoss(i, kTargets[std::size_t(j)]) / 8;
        QVERIFY(near(loss, expected));
    }

    void mixupNeedsOnlySeedAndStep() {
        const auto mixup = objective("mixup", {"method.alpha=1"});
        const Given network(kLogits);
        QCOMPARE(valueOf(*mixup, network, 2), valueOf(*mixup, network, 2));
        QVERIFY(valueOf(*mixup, network, 2) != valueOf(*mixup, network, 3));
    }

    void everyMethodThatNeedsGroupsHasAnObjective() {
        for (const Kind& kind : methodKinds().all()) {
            if (kind.method.isDerived || !(kind.method.needsGroups || kind.key == "mixup")) continue;
            QVERIFY2(objective(kind.key, {}), kind.key.c_str());
        }
        QVERIFY(!objective("linear_probe", {}));
    }
};

LEVI_TEST(TestObjectives)
#include "tst_objectives.moc"
