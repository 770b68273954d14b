// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/packed_linear.h"
#include "core/engine/run_parts.h"
#include "core/engine/train/optimizer.h"
#include "tests/engine/run_fixture.h"
#include "tests/support/test_main.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>

#include <QRegularExpression>
#include <QTest>

#include <cmath>
#include <set>

using namespace levi;
using test::RunFixture;
using test::with;

namespace {

// A network over a backbone that is trained as the spec says, for single steps.
struct Tuned {
    BackboneInfo info;
    Backbone* backbone = nullptr; // in the network
    std::vector<NamedTensor> start;
    std::unique_ptr<Network> network;
    StepInput input;

    explicit Tuned(const ExperimentSpec& spec) {
        auto opened = backboneOf(spec, at::kCPU);
        backbone = opened.get();
        info = opened->info();
        network = networkOf({.spec = spec, .outputs = 3, .backbone = &info, .trained = std::move(opened)});
        start = backbone->copyOfParameters();
        const Initializer draw(9);
        input = {.backbone = {.pixels = draw.draw("pixels", {6, 3, 16, 16}, 2)},
                 .targets = at::tensor({0, 1, 2, 0, 1, 2}, at::kLong)};
    }

    void step(int steps, OptimizerOptions options) const {
        Optimizer optimizer(network->parameters(), options);
        for (int i = 0; i < steps; ++i) {
            optimizer.clearGradients();
            network->loss(input, 0, {.seed = 1, .step = i}).backward();
            optimizer.step(1);
        }
    }

    std::set<std::string> changed() const {
        std::set<std::string> names;
        for (std::size_t i = 0; i < start.size(); ++i)
            if (!at::equal(start[i].tensor, backbone->parameters()[i].tensor)) names.insert(start[i].name);
        return names;
    }
};

OptimizerOptions sgd(double rate) {
    return {
        .kind = OptimizerKind::Sgd, .momentum = 0, .head = {.learningRate = rate}, .backbone = {.learningRate = rate}};
}

} // namespace

// What single steps of the fine-tuning methods change, and what they cost.
class TestTuningSteps : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void changesExactlyWhatItNames_data() {
        QTest::addColumn<QStringList>("spec");
        QTest::addColumn<QString>("names"); // of what is trained
        const auto row = [](const char* name, const QStringList& spec, const char* names) {
            QTest::newRow(name) << spec << QString::fromLatin1(names);
        };
        row("full", {"method.kind=full_fine_tuning"}, ".*");
        row("norms", {"method.kind=norm_tuning"}, ".*layernorm.*");
        row("biases", {"method.kind=bitfit"}, ".*\\.bias");
        row("first blocks", {"method.kind=surgical"}, "embeddings\\..*|encoder\\.layer\\.0\\..*");
        row("last blocks", {"method.kind=surgical", "backbone.block_group=last"},
            "encoder\\.layer\\.1\\..*|layernorm\\..*");
        row("low-rank parts", {"method.kind=lora"}, ".*attention\\.(query|value)\\.lora_[AB]\\.weight");
        row("levi on norms", {"method.kind=levi", "backbone.mode=norms", "method.normalization=none"},
            "encoder.*layernorm.*"); // the final norm is not read
    }

    void changesExactlyWhatItNames() {
        QFETCH(QStringList, spec);
        QFETCH(QString, names);
        const RunFixture f;
        Tuned tuned(with(f.spec("levi"), spec));
        if (tuned.network->parameters().front().pace != Pace::Backbone) QFAIL("the backbone's parameters come first");
        tuned.input.specialist.pixels = Initializer(9).draw("pictures", {6, 3, 16, 16}, 1);
        tuned.step(
            2,
            {.head = {.learningRate = 1e-2}, .specialist = {.learningRate = 1e-2}, .backbone = {.learningRate = 1e-2}});
        const QRegularExpression trained(QRegularExpression::anchoredPattern(names));
        const auto changed = tuned.changed();
        for (const NamedTensor& parameter : tuned.start) {
            const bool isTrained = trained.match(QString::fromStdString(parameter.name)).hasMatch();
            // A key's bias moves no attention weight: its gradient is rounding, and may be zero.
            const bool mayStay = parameter.name.ends_with("key.bias");
            if (!isTrained || !mayStay) QVERIFY2(changed.contains(parameter.name) == isTrained, parameter.name.c_str());
        }
    }

    void layerDecayScalesSteps() {
        const RunFixture f;
        const Tuned plain(f.spec("full_fine_tuning")), decayed(with(f.spec("layer_decay"), {"method.decay=0.5"}));
        plain.step(1, sgd(0.1));
        decayed.step(1, sgd(0.1));
        const auto depth = plain.info.depth;
        for (std::size_t i = 0; i < plain.start.size(); ++i) {
            const auto whole = plain.backbone->parameters()[i].tensor - plain.start[i].tensor;
            const auto part = decayed.backbone->parameters()[i].tensor - decayed.start[i].tensor;
            const auto layer = plain.backbone->places()[i].layer;
            const double share = std::pow(0.5, double(depth + 1 - layer));
            QVERIFY2(at::allclose(part, whole * share, 1e-4, 1e-7), plain.start[i].name.c_str());
        }
        QCOMPARE(plain.backbone->places().front().layer, std::int64_t{0});
        QCOMPARE(plain.backbone->places().back().layer, depth + 1);
    }

    void featuresBelowTheFirstTrainedLayerCostNoGradients() {
        const RunFixture f;
        const auto spec = with(f.spec("surgical"), {"backbone.block_group=last"});
        const Tuned tuned(spec);
        QVERIFY(tuned.backbone->kernelsInUse() == Kernels::Packed || !PackedLinear::available());
        const auto fast = tuned.network->loss(tuned.input, 0, {});
        fast.backward();
        std::vector<at::Tensor> gradients;
        for (const Parameter& parameter : tuned.network->parameters())
            gradients.push_back(parameter.value.grad().clone());
        tuned.backbone->setKernels(Kernels::Plain);
        Optimizer(tuned.network->parameters(), {}).clearGradients();
        const auto plain = tuned.network->loss(tuned.input, 0, {});
        plain.backward();
        QVERIFY(at::allclose(fast, plain, 1e-5, 1e-6));
        for (std::size_t i = 0; i < gradients.size(); ++i)
            QVERIFY(at::allclose(gradients[i], tuned.network->parameters()[i].value.grad(), 1e-3, 1e-6));
    }

    void countsWhatAStepCosts() {
        const RunFixture f;
        const auto cost = [&](const QStringList& spec) {
            return f.engine->estimate(with(f.spec("full_fine_tuning"), QStringList{"method.pool=cls"} + spec),
                                      f.root / "cache", {});
        };
        const auto full = cost({}), norms = cost({"method.kind=norm_tuning"}), lora = cost({"method.kind=lora"}),
                   last = cost({"method.kind=surgical", "backbone.block_group=last"}),
                   probe = cost({"method.kind=linear_probe"});
        const auto info = f.engine->inspectBackbone(f.vit);
        const double head = 3.0 * 2 * 16 * 6, embeddings = double(info.layers[0].flopsPerSample),
                     block = double(info.layers[1].flopsPerSample);
        // Forward, gradients of what is read (not of the pixels), gradients of matrices.
        QCOMPARE(full.trainingFlopsPerSample, head + 3 * (embeddings + 2 * block) - embeddings);
        QCOMPARE(norms.trainingFlopsPerSample, head + (embeddings + 2 * block) + 2 * block);
        QCOMPARE(last.trainingFlopsPerSample, head + (embeddings + 2 * block) + 2 * block);
        const double parts = 3.0 * 2 * double(info.layers[1].tokens) * (4 * 8 * (16 + 16)); // 4 layers of rank 8
        QCOMPARE(lora.trainingFlopsPerSample, norms.trainingFlopsPerSample + parts);
        QVERIFY(probe.trainingFlopsPerSample < head * 4);
        QCOMPARE(full.frozenParameters, std::int64_t{0});
        QCOMPARE(norms.frozenParameters + norms.trainableParameters - norms.adapterParameters, info.parameters);
        QCOMPARE(lora.frozenParameters, info.parameters);
        QCOMPARE(lora.trainableParameters - lora.adapterParameters, std::int64_t{4 * 8 * (16 + 16)});
        QCOMPARE(full.inferenceFlopsPerSample, lora.inferenceFlopsPerSample);
    }
};

LEVI_TEST(TestTuningSteps)
#include "tst_tuning_steps.moc"
