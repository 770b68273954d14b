// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/engine/method/method.h"
#include "core/engine/method/readout_network.h"
#include "core/engine/model/specialists/specialist_cnn.h"
#include "core/engine/train/trainer.h"
#include "tests/support/test_main.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>

#include <QTest>

#include <cmath>

using namespace levi;

namespace {

constexpr std::int64_t kWidth = 4, kRows = 6, kClasses = 3;

StepInput input(std::int64_t slots) {
    const Initializer draw(11);
    return {.pooled = draw.draw("pooled", {slots, kRows, 2, kWidth}, 3),
            .specialist = {.pixels = draw.draw("pictures", {kRows, 3, 8, 8}, 1)},
            .targets = at::tensor({0, 1, 2, 0, 1, 2}, at::kLong)};
}

ReadoutParts parts(bool specialist = false) {
    ReadoutParts result{.outputs = kClasses, .depth = 2, .width = kWidth};
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
        QTest::newRow("levi, late half") << "levi" << QList<int>{2} << true;
        QTest::newRow("all_layer_probe, all") << "all_layer_probe" << QList<int>{0, 1, 2} << false;
        QTest::newRow("concat_probe, all") << "concat_probe" << QList<int>{0, 1, 2} << false;
        QTest::newRow("linear_probe") << "linear_probe" << QList<int>{3} << false;
        QTest::newRow("head2toe, all and the last") << "head2toe" << QList<int>{0, 1, 2, 3} << false;
        QTest::newRow("mlp_probe") << "mlp_probe" << QList<int>{3} << false;
        for (const char* kind :
             {"full_fine_tuning", "layer_decay", "l2_sp", "lp_ft", "surgical", "norm_tuning", "bitfit", "lora"})
            QTest::newRow(kind) << kind << QList<int>{3} << false;
        for (const char* robust : {"group_dro", "irm", "vrex", "coral", "mixup"})
            QTest::newRow(robust) << robust << QList<int>{3} << false;
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

    void unitVectorsHaveLengthOne() {
        const auto unit = network({.slots = {1}, .pool = Pool::Cls, .normalization = Normalization::UnitVector});
        const auto plain = network({.slots = {1}, .pool = Pool::Cls});
        auto scaled = input(1);
        const auto cls = scaled.pooled.select(2, 0);
        scaled.pooled = scaled.pooled.div(cls.norm(2, 2, true).unsqueeze(2));
        QVERIFY(unit.logits(input(1)).allclose(plain.logits(scaled), 1e-5, 1e-5));
        auto nothing = input(1);
        nothing.pooled = at::zeros_like(nothing.pooled);
        QVERIFY(unit.logits(nothing).isfinite().all().item<bool>());
    }

    // Kept: the second number of slot 0's class token, the first and the last of slot 1's mean; slot 2 has none.
    void readsTheKeptFeaturesAlone() {
        auto some = parts();
        some.kept = at::tensor({1, 12, 15}, at::kLong);
        const ReadoutNetwork net({.slots = {0, 1, 3},
                                  .concatenate = true,
                                  .normalization = Normalization::UnitVector,
                                  .selectsFeatures = true},
                                 std::move(some), Initializer(1));
        const auto& weight = parameter(net, "adapters.output.weight").value[0];
        QCOMPARE(weight.sizes().vec(), (std::vector<std::int64_t>{3, kClasses}));
        const auto pooled = input(3).pooled;
        const auto a = pooled[0].select(1, 0).slice(1, 1, 2);
        const auto b = at::stack({pooled[1].select(1, 1).select(1, 0), pooled[1].select(1, 1).select(1, 3)}, 1);
        const auto z = at::cat({a.div(a.norm(2, 1, true)), b.div(b.norm(2, 1, true))}, 1);
        const auto expected = z.matmul(weight).add(parameter(net, "adapters.output.bias").value[0]);
        QVERIFY(net.logits(input(3)).allclose(expected, 1e-5, 1e-5));
        QCOMPARE(net.constants().front().name, std::string("selection.kept"));
        QVERIFY_THROWS_EXCEPTION(Error, network({.slots = {0}, .concatenate = true, .selectsFeatures = true}));
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

    // What objectives see of a step is what the network's own loss is of.
    void theOutputOfAStepIsThatOfItsLoss_data() {
        QTest::addColumn<int>("hidden");
        QTest::addColumn<bool>("joins");
        QTest::addColumn<int>("width"); // of the representation
        QTest::newRow("linear") << 0 << false << int(2 * kWidth);
        QTest::newRow("hidden layer") << 7 << false << 7;
        QTest::newRow("with a specialist") << 7 << true << 7;
    }

    void theOutputOfAStepIsThatOfItsLoss() {
        QFETCH(int, hidden);
        QFETCH(bool, joins);
        QFETCH(int, width);
        const auto net =
            network({.slots = {2}, .dropout = 0.4, .hiddenWidth = hidden, .joinsSpecialist = joins}, joins);
        const StepDraws draws{.seed = 3, .step = 5};
        const auto output = net.output(input(1), draws);
        QCOMPARE(output.representation.sizes().vec(), (std::vector<std::int64_t>{kRows, width}));
        const double own = net.loss(input(1), 0.1, draws).item<double>();
        QVERIFY(std::abs(predictionLoss(output.logits, input(1).targets, 0.1).item<double>() - own) < 1e-6);
        QVERIFY(!output.logits.allclose(net.logits(input(1)))); // dropout
    }

    void theSpecialistAloneHasAnOutputToo() {
        const auto net = network({}, true);
        const auto output = net.output(input(0), {});
        QVERIFY(output.logits.equal(net.logits(input(0))));
        QCOMPARE(output.representation.size(1), std::int64_t{5});
    }

    void tellsLearnedWeightsByLayer() {
        const auto net = network({.slots = {1, 3}, .loss = {.combine = Combine::Learned}});
        QVERIFY(network({.slots = {1, 3}}).notes().empty());
        {
            const c10::NoGradGuard noGrad;
            at::Tensor(parameter(net, "combination.scores").value).copy_(at::tensor({0.0F, std::log(3.0F)}));
        }
        QCOMPARE(net.notes().at(0).name, std::string("layer_weights"));
        QCOMPARE(net.notes().at(0).text, std::string("1=0.250 last=0.750"));
        net.loss(input(2), 0, {}).backward();
        QVERIFY(hasGradient(net, "combination.scores"));
    }

    void everyMethodHasAnImplementation() {
        for (const Kind& kind : methodKinds().all()) {
            ExperimentSpec spec;
            setField(spec, "method.kind", kind.key);
            QCOMPARE(!std::holds_alternative<TrainedMethod>(methodOf(spec)), kind.method.isDerived);
        }
    }
};

LEVI_TEST(TestReadoutNetwork)
#include "tst_readout_network.moc"
