// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/engine/method/method.h"
#include "core/engine/method/readout_network.h"
#include "core/engine/model/specialists/specialist_cnn.h"
#include "core/engine/train/trainer.h"
#include "tests/support/test_main.h"

#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>

#include <QTest>

using namespace levi;

namespace {

constexpr std::int64_t kWidth = 4, kRows = 6, kClasses = 3;

StepInput input(std::int64_t slots) {
    const Initializer draw(11);
    return {.pooled = draw.draw("pooled", {slots, kRows, 2, kWidth}, 3),
            .pictures = draw.draw("pictures", {kRows, 3, 8, 8}, 1),
            .targets = at::tensor({0, 1, 2, 0, 1, 2}, at::kLong)};
}

ReadoutParts parts(bool specialist = false) {
    ReadoutParts result{.classes = kClasses, .depth = 2, .width = kWidth};
    CnnOptions cnn;
    cnn.width = 8;
    cnn.depth = 2;
    cnn.outputWidth = 5;
    if (specialist) result.specialist = std::make_unique<CnnSpecialist>(cnn, InputShape{3, 8, 8}, Initializer(1));
    return result;
}

ReadoutNetwork network(const ReadoutPlan& plan, bool specialist = false) {
    return {plan, parts(specialist), Initializer(1)};
}

const Parameter& parameter(const Network& net, const std::string& name) {
    for (const Parameter& one : net.parameters())
        if (one.name == name) return one;
    throw Error("no parameter '{}'", name);
}

bool hasGradient(const Network& net, const std::string& name) {
    const auto& gradient = parameter(net, name).value.grad();
    return gradient.defined() && gradient.abs().sum().item<double>() > 0;
}

} // namespace

class TestReadoutNetwork : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsWhatThePlanSays_data() {
        QTest::addColumn<QString>("method");
        QTest::addColumn<QList<int>>("slots_");
        QTest::addColumn<bool>("joins");
        QTest::newRow("levi, all") << "levi" << QList<int>{0, 1, 2} << true;
        QTest::newRow("all_layer_probe, all") << "all_layer_probe" << QList<int>{0, 1, 2} << false;
        QTest::newRow("concat_probe, all") << "concat_probe" << QList<int>{0, 1, 2} << false;
        QTest::newRow("linear_probe") << "linear_probe" << QList<int>{3} << false;
        QTest::newRow("mlp_probe") << "mlp_probe" << QList<int>{3} << false;
        QTest::newRow("full_fine_tuning") << "full_fine_tuning" << QList<int>{3} << false;
        QTest::newRow("specialist") << "specialist" << QList<int>{} << false;
    }

    void readsWhatThePlanSays() {
        QFETCH(QString, method);
        QFETCH(QList<int>, slots_);
        QFETCH(bool, joins);
        ExperimentSpec spec;
        setField(spec, "method.kind", method.toStdString());
        const auto plan = planOf(spec, 2);
        QCOMPARE(QList<int>(plan.slots.begin(), plan.slots.end()), slots_);
        QCOMPARE(plan.joinsSpecialist, joins);
    }

    void poolsAsAsked_data() {
        QTest::addColumn<int>("pool");
        QTest::addColumn<int>("width");
        QTest::newRow("cls") << int(Pool::Cls) << int(kWidth);
        QTest::newRow("mean") << int(Pool::Mean) << int(kWidth);
        QTest::newRow("cls+mean") << int(Pool::ClsMean) << int(2 * kWidth);
    }

    void poolsAsAsked() {
        QFETCH(int, pool);
        QFETCH(int, width);
        const auto net = network({.slots = {1, 2}, .pool = Pool(pool)});
        QCOMPARE(parameter(net, "adapters.output.weight").value.size(1), std::int64_t(width));
        auto one = input(2), other = input(2);
        other.pooled = other.pooled.clone();
        other.pooled.select(2, 0).add_(1); // class tokens
        QCOMPARE(net.logits(one).equal(net.logits(other)), Pool(pool) == Pool::Mean);
    }

    void standardisesWithConstants() {
        auto some = parts();
        some.standardisation =
            Standardisation{.mean = at::ones({1, 1, 2, kWidth}), .scale = at::ones({1, 1, 2, kWidth}).mul(2)};
        const ReadoutNetwork net({.slots = {3}, .normalization = Normalization::Standardize}, std::move(some),
                                 Initializer(1));
        const auto plain = network({.slots = {3}});
        auto moved = input(1);
        moved.pooled = moved.pooled.sub(1).mul(2);
        QVERIFY(net.logits(input(1)).allclose(plain.logits(moved)));
        QCOMPARE(net.constants().size(), std::size_t{2});
        QVERIFY_THROWS_EXCEPTION(Error, network({.slots = {3}, .normalization = Normalization::Standardize}));
    }

    void layerNormIgnoresScale() {
        const auto net = network({.slots = {1}, .normalization = Normalization::LayerNorm});
        auto large = input(1);
        large.pooled = large.pooled.mul(1000);
        QVERIFY(net.logits(input(1)).allclose(net.logits(large), 1e-3, 1e-3));
    }

    void oneTapDiffersFromLeviOnlyByTheSpecialist() {
        const auto probe = network({.slots = {2}, .hiddenWidth = 7});
        const auto levi = network({.slots = {2}, .hiddenWidth = 7, .joinsSpecialist = true}, true);
        const auto wide = parameter(levi, "adapters.hidden.weight").value,
                   narrow = parameter(probe, "adapters.hidden.weight").value;
        QCOMPARE(wide.size(1) - narrow.size(1), std::int64_t{5}); // the width of s
        QCOMPARE(levi.parameters().size() - probe.parameters().size(), std::size_t{2 * 3 + 2});
    }

    void concatenationIsOneLayerOnAll() {
        const auto net = network({.slots = {0, 1, 2}, .concatenate = true});
        QCOMPARE(parameter(net, "adapters.output.weight").value.sizes().vec(),
                 (std::vector<std::int64_t>{1, 3 * 2 * kWidth, kClasses}));
        const auto& weight = parameter(net, "adapters.output.weight").value[0];
        const auto z = input(3).pooled.transpose(0, 1).reshape({kRows, -1});
        const auto expected = z.matmul(weight).add(parameter(net, "adapters.output.bias").value[0]);
        QVERIFY(net.logits(input(3)).allclose(expected, 1e-5, 1e-5));
    }

    void gradientsFlowAsTheOptionsSay_data() {
        QTest::addColumn<bool>("detach");
        QTest::addColumn<double>("weight");
        QTest::addColumn<bool>("reaches");
        QTest::newRow("through the adapters") << false << 0.0 << true;
        QTest::newRow("detached, own loss") << true << 1.0 << true;
        QTest::newRow("detached, nothing") << true << 0.0 << false;
    }

    void gradientsFlowAsTheOptionsSay() {
        QFETCH(bool, detach);
        QFETCH(double, weight);
        QFETCH(bool, reaches);
        const auto net = network({.slots = {1},
                                  .hiddenWidth = 4,
                                  .joinsSpecialist = true,
                                  .specialistLossWeight = weight,
                                  .detachSpecialist = detach},
                                 true);
        net.loss(input(1), 0, {}).backward();
        QVERIFY(hasGradient(net, "adapters.hidden.weight"));
        QCOMPARE(hasGradient(net, "specialist.stage1.conv.weight"), reaches);
        if (weight > 0) QVERIFY(hasGradient(net, "specialist_head.weight"));
    }

    void dropoutNeedsOnlySeedAndStep() {
        const auto net =
            network({.slots = {1}, .dropout = 0.5, .joinsSpecialist = true, .specialistDropout = 0.5}, true);
        const auto loss = [&](std::int64_t step) {
            return net.loss(input(1), 0, {.seed = 3, .step = step}).item<double>();
        };
        QCOMPARE(loss(1), loss(1));
        QVERIFY(loss(1) != loss(2));
        QVERIFY(net.logits(input(1)).equal(net.logits(input(1))));
    }

    void everyMethodHasAnImplementation() {
        for (const Kind& kind : methodKinds().all()) {
            ExperimentSpec spec;
            setField(spec, "method.kind", kind.key);
            QCOMPARE(std::holds_alternative<DerivedMethod>(methodOf(spec)), kind.method.isDerived);
        }
    }
};

LEVI_TEST(TestReadoutNetwork)
#include "tst_readout_network.moc"
