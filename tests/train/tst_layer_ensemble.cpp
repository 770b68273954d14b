// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/layer_ensemble.h"
#include "tests/support/test_main.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>

#include <QTest>

#include <cmath>

using namespace levi;

namespace {

const Initializer kInputs(99);
const at::Tensor kTargets = at::tensor({0, 2, 1, 1, 0}, at::kLong);

AdapterShape shape(std::int64_t hidden) {
    return {.layers = {"4", "8", "12"}, .stateWidth = 6, .specialistWidth = 3, .hiddenWidth = hidden, .outputs = 3};
}

at::Tensor z() {
    return kInputs.draw("z", {3, 5, 6}, 1);
}

at::Tensor s() {
    return kInputs.draw("s", {5, 3}, 1);
}

// The same, one layer after the other, as the formula says.
at::Tensor oneByOne(const LayerEnsemble& ensemble) {
    std::vector<at::Tensor> y;
    const auto& p = ensemble.parameters();
    for (std::int64_t t = 0; t < 3; ++t) {
        auto x = at::cat({z()[t], s()}, 1);
        for (std::size_t i = 0; i < p.size(); i += 2) {
            if (i > 0) x = at::gelu(x);
            x = x.matmul(p[i].value[t]).add(p[i + 1].value[t]);
        }
        y.push_back(x);
    }
    return at::stack(y);
}

std::vector<at::Tensor> gradients(const LayerEnsemble& ensemble, const at::Tensor& y, const EnsembleLoss& loss) {
    std::vector<at::Tensor> result;
    for (const Parameter& parameter : ensemble.parameters())
        at::Tensor(parameter.value).mutable_grad() = at::Tensor();
    ensembleLoss(y, kTargets, loss).backward();
    for (const Parameter& parameter : ensemble.parameters())
        result.push_back(parameter.value.grad().clone());
    return result;
}

} // namespace

class TestLayerEnsemble : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void batchedEqualsOneByOne_data() {
        QTest::addColumn<int>("hidden");
        QTest::addColumn<bool>("whole");
        QTest::addColumn<bool>("probabilities");
        QTest::newRow("linear, parts") << 0 << false << false;
        QTest::newRow("mlp, parts") << 7 << false << false;
        QTest::newRow("mlp, whole, logits") << 7 << true << false;
        QTest::newRow("mlp, whole, probabilities") << 7 << true << true;
    }

    void batchedEqualsOneByOne() {
        QFETCH(int, hidden);
        QFETCH(bool, whole);
        QFETCH(bool, probabilities);
        const EnsembleLoss loss{.of = whole ? LossOf::Whole : LossOf::Parts,
                                .combine = probabilities ? Combine::MeanProbabilities : Combine::MeanLogits,
                                .labelSmoothing = 0.1};
        const LayerEnsemble ensemble(shape(hidden), Initializer(7));
        const auto y = ensemble.forward(z(), s());
        QCOMPARE(y.sizes().vec(), (std::vector<std::int64_t>{3, 5, 3}));
        const auto expected = oneByOne(ensemble);
        QVERIFY(y.allclose(expected, 1e-5, 1e-6));
        const auto found = gradients(ensemble, y, loss);
        const auto wanted = gradients(ensemble, expected, loss);
        for (std::size_t i = 0; i < found.size(); ++i)
            QVERIFY(found[i].allclose(wanted[i], 1e-5, 1e-6));
    }

    void partsIsTheMeanOfTheLayersLosses() {
        const LayerEnsemble ensemble(shape(0), Initializer(7));
        const auto y = ensemble.forward(z(), s());
        double sum = 0;
        for (std::int64_t t = 0; t < 3; ++t)
            sum += predictionLoss(y[t], kTargets, 0.2).item<double>();
        const double parts = ensembleLoss(y, kTargets, {.labelSmoothing = 0.2}).item<double>();
        QVERIFY(std::abs(parts - sum / 3) < 1e-6);
        const double whole = ensembleLoss(y, kTargets, {.of = LossOf::Whole, .labelSmoothing = 0.2}).item<double>();
        QVERIFY(std::abs(whole - parts) > 1e-4);
    }

    void meanOfProbabilitiesIsStable() {
        const auto y = at::tensor({1000.0F, 0.0F, -1000.0F, 0.0F}).reshape({2, 1, 2});
        const auto found = combined(y, Combine::MeanProbabilities).exp().flatten();
        QVERIFY(std::abs(found[0].item<float>() - 0.5F) < 1e-6);
        QVERIFY(std::abs(found[1].item<float>() - 0.5F) < 1e-6);
    }

    void aLearnedCombinationStartsAsTheMeanOfLogits() {
        const auto y = LayerEnsemble(shape(0), Initializer(7)).forward(z(), s());
        const auto scores = at::tensor({0.0F, 0.0F, 0.0F});
        QVERIFY(combined(y, Combine::Learned, scores).allclose(combined(y, Combine::MeanLogits), 1e-6, 1e-6));
        const auto one = at::tensor({-100.0F, 100.0F, -100.0F});
        QVERIFY(combined(y, Combine::Learned, one).allclose(y[1], 1e-6, 1e-6));
    }

    // With parts, layers learn as without it, and the weights from the combined prediction.
    void aLearnedCombinationLeavesThePartsAlone() {
        const LayerEnsemble ensemble(shape(4), Initializer(7));
        const auto y = ensemble.forward(z(), s());
        const auto scores = at::tensor({0.3F, -0.2F, 0.0F}).set_requires_grad(true);
        EnsembleLoss learned{.of = LossOf::Parts, .combine = Combine::Learned, .labelSmoothing = 0.1, .scores = scores};
        const auto parts = gradients(ensemble, y, {.of = LossOf::Parts, .labelSmoothing = 0.1});
        const auto found = gradients(ensemble, ensemble.forward(z(), s()), learned);
        for (std::size_t i = 0; i < found.size(); ++i)
            QVERIFY(found[i].allclose(parts[i], 1e-5, 1e-7));
        const auto fromParts = scores.grad().clone();
        scores.mutable_grad() = at::Tensor();
        learned.of = LossOf::Whole;
        ensembleLoss(y.detach(), kTargets, learned).backward();
        QVERIFY(fromParts.abs().sum().item<double>() > 1e-4);
        QVERIFY(fromParts.allclose(scores.grad(), 1e-5, 1e-7));
    }

    void theLastLayersReadWhatIsBeforeThem() {
        const LayerEnsemble mlp(shape(7), Initializer(7)), linear(shape(0), Initializer(7));
        QCOMPARE(mlp.beforeOutput(z(), s()).sizes().vec(), (std::vector<std::int64_t>{3, 5, 7}));
        QCOMPARE(linear.beforeOutput(z(), s()).sizes().vec(), (std::vector<std::int64_t>{3, 5, 9}));
        QVERIFY(mlp.output(mlp.beforeOutput(z(), s())).equal(mlp.forward(z(), s())));
    }

    void anAdapterStartsTheSameWhicheverOthersThereAre() {
        const LayerEnsemble all(shape(4), Initializer(7));
        AdapterShape few = shape(4);
        few.layers = {"8"};
        const LayerEnsemble one(few, Initializer(7));
        for (std::size_t i = 0; i < 4; ++i)
            QVERIFY(all.parameters()[i].value[1].equal(one.parameters()[i].value[0]));
        const LayerEnsemble other(few, Initializer(8));
        QVERIFY(!one.parameters()[0].value.equal(other.parameters()[0].value));
    }

    void withoutSpecialistOnlyZCounts() {
        AdapterShape bare = shape(4);
        bare.specialistWidth = 0;
        const LayerEnsemble ensemble(bare, Initializer(7));
        QCOMPARE(ensemble.forward(z(), {}).size(0), std::int64_t{3});
        QCOMPARE(ensemble.flopsPerSample(), std::int64_t{2 * 3 * (6 * 4 + 4 * 3)});
    }

    void dropoutIsDrawnFromItsOwnStream() {
        const auto x = z();
        const auto first = hidden(x, 0.5, "dropout-z", {.seed = 1, .step = 4});
        QVERIFY(first.equal(hidden(x, 0.5, "dropout-z", {.seed = 1, .step = 4})));
        QVERIFY(!first.equal(hidden(x, 0.5, "dropout-z", {.seed = 1, .step = 5})));
        QVERIFY(!first.equal(hidden(x, 0.5, "dropout-s", {.seed = 1, .step = 4})));
        QVERIFY(hidden(x, 0, "dropout-z", {}).is_same(x));
        const auto kept = first.ne(0);
        QVERIFY(first.masked_select(kept).allclose(x.masked_select(kept).mul(2)));
    }
};

LEVI_TEST(TestLayerEnsemble)
#include "tst_layer_ensemble.moc"
