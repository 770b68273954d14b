// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/load.h"
#include "core/engine/model/peft_format.h"
#include "core/engine/run_parts.h"
#include "tests/data/files.h"
#include "tests/engine/run_fixture.h"
#include "tests/support/test_main.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <c10/core/GradMode.h>

#include <QTest>

#include <cmath>
#include <map>

using namespace levi;
using test::RunFixture;
using test::with;
using test::withMovedTestLabels;

namespace {

std::map<std::string, at::Tensor> tensorsOf(const std::filesystem::path& file) {
    const Safetensors read(file);
    std::map<std::string, at::Tensor> tensors;
    for (const TensorEntry& entry : read.tensors())
        tensors[entry.name] = read.read(entry.name);
    return tensors;
}

// How far a run has taken the backbone: |w - published|.
double distance(const RunFixture& f, const RunResult& result) {
    const Safetensors published(f.vit / "model.safetensors");
    double sum = 0;
    for (const auto& [name, tensor] : tensorsOf(f.artifact(result, "weights")))
        if (name.starts_with("backbone."))
            sum += tensor.sub(published.read(name.substr(9))).square().sum().item<double>();
    return std::sqrt(sum);
}

void addModes() {
    QTest::addColumn<QStringList>("spec");
    for (const char* method :
         {"full_fine_tuning", "layer_decay", "l2_sp", "lp_ft", "norm_tuning", "bitfit", "lora", "surgical"})
        QTest::newRow(method) << QStringList{QStringLiteral("method.kind=%1").arg(QLatin1String(method))};
    QTest::newRow("surgical, last") << QStringList{"method.kind=surgical", "backbone.block_group=last"};
    QTest::newRow("lora, with dropout") << QStringList{"method.kind=lora", "backbone.lora_dropout=0.3",
                                                       "backbone.lora_targets=query,output.dense"};
    QTest::newRow("levi, lora") << QStringList{"method.kind=levi", "backbone.mode=lora"};
    QTest::newRow("levi, full") << QStringList{"method.kind=levi", "backbone.mode=full"};
    QTest::newRow("levi, norms") << QStringList{"method.kind=levi", "backbone.mode=norms"};
    QTest::newRow("all layers, biases") << QStringList{"method.kind=all_layer_probe", "backbone.mode=biases"};
    QTest::newRow("linear probe, convex")
        << QStringList{"method.kind=linear_probe", "method.fit=convex", "method.strengths=5"};
}

} // namespace

// Runs of the probing and fine-tuning methods.
class TestTuningRuns : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aHugePenaltyKeepsTheWeights() {
        RunFixture f;
        // Plain gradients: AdamW would step by the learning rate however large the penalty.
        const QStringList recipe{"train.optimizer=sgd", "train.weight_decay=0", "backbone.learning_rate=1e-2",
                                 "train.epochs=60", "train.evaluate_every=60"};
        const auto free = f.run(with(f.spec("l2_sp"), recipe + QStringList{"method.strength=0"}));
        const auto plain = f.run(with(f.spec("full_fine_tuning"), recipe));
        const auto bound = f.run(with(f.spec("l2_sp"), recipe + QStringList{"method.strength=100"}));
        const auto twice = f.run(with(f.spec("l2_sp"), recipe + QStringList{"method.strength=200"}));
        QVERIFY2(bound.state == RunState::Done && twice.state == RunState::Done, bound.message.c_str());
        QCOMPARE(free.weightsSha256, plain.weightsSha256);
        QVERIFY2(distance(f, bound) < 0.04 * distance(f, free),
                 fmt::format("{} of {}", distance(f, bound), distance(f, free)).c_str());
        // Where it rests, strength times distance is the loss's own gradient.
        const double ratio = distance(f, bound) / distance(f, twice);
        QVERIFY2(std::abs(ratio - 2) < 0.1, fmt::format("{}", ratio).c_str());
    }

    void lpFtStartsFromTheProbe() {
        RunFixture f;
        const auto lpFt = f.run(with(f.spec("lp_ft"), {"method.strengths=8", "method.pool=cls"}));
        QVERIFY2(lpFt.state == RunState::Done, lpFt.message.c_str());
        QCOMPARE(f.seen.candidates.size(), std::size_t{3});
        const auto start = f.seen.candidates.front();
        QCOMPARE(start.kind, std::string("start"));
        QVERIFY(lpFt.pickedIndex > 0);
        f.seen.candidates.clear();
        const auto probe =
            f.run(with(f.spec("linear_probe"), {"method.fit=convex", "method.strengths=8", "method.pool=cls"}));
        QVERIFY2(probe.state == RunState::Done, probe.message.c_str());
        QCOMPARE(f.seen.candidates.size(), std::size_t{8});
        const auto head = tensorsOf(f.artifact(probe, "weights")), started = tensorsOf(f.artifact(lpFt, "start"));
        QCOMPARE(head.size(), std::size_t{2});
        QCOMPARE(started.size(), std::size_t{2});
        for (const auto& [name, tensor] : head)
            QVERIFY2(at::equal(tensor, started.at(name)), name.c_str());
        // Measured where it starts: as the probe, up to the kernels.
        const auto& picked = f.seen.candidates.at(std::size_t(probe.pickedIndex));
        QCOMPARE(picked.metrics.size(), start.metrics.size());
        for (std::size_t i = 0; i < picked.metrics.size(); ++i)
            if (picked.metrics[i].metric == "nll")
                QVERIFY(std::abs(*picked.metrics[i].value - *start.metrics[i].value) < 1e-3);
    }

    void theConvexProbeKnowsNoSeed() {
        RunFixture f;
        const QStringList convex{"method.fit=convex", "method.strengths=5"};
        const auto zero = f.run(with(f.spec("linear_probe", 0), convex));
        const auto one = f.run(with(f.spec("linear_probe", 1), convex));
        QCOMPARE(zero.weightsSha256, one.weightsSha256);
        QCOMPARE(zero.predictionsSha256, one.predictionsSha256);
    }

    void equalSpecsGiveEqualBits_data() { addModes(); }
    void equalSpecsGiveEqualBits() {
        QFETCH(QStringList, spec);
        RunFixture f;
        const auto s = with(f.spec("levi"), spec);
        const auto one = f.run(s), again = f.run(s);
        QVERIFY2(one.state == RunState::Done, one.message.c_str());
        QCOMPARE(one.weightsSha256, again.weightsSha256);
        QCOMPARE(one.predictionsSha256, again.predictionsSha256);
    }

    void stopsAtAnyBatch_data() { addModes(); }
    void stopsAtAnyBatch() {
        QFETCH(QStringList, spec);
        RunFixture f;
        const auto s = with(f.spec("levi"), spec);
        std::stop_source stop;
        f.seen.onStep = [&](std::int64_t step) {
            if (step == 4) stop.request_stop();
        };
        f.seen.onProgress = [&](const Progress& progress) {
            if (!trainsInSteps(s) && progress.phase == "fitting" && progress.done == 2) stop.request_stop();
        };
        const auto result = f.run(f.request(s), stop.get_token());
        QVERIFY(result.state == RunState::Cancelled);
        if (trainsInSteps(s)) QCOMPARE(f.seen.steps, std::int64_t{4});
    }

    // The same pictures under labels that were moved on: weights, pick and predictions stay as they were.
    void testLabelsDecideNothing_data() {
        addModes();
        for (const char* method :
             {"levi", "all_layer_probe", "concat_probe", "linear_probe", "mlp_probe", "head2toe", "specialist"})
            QTest::addRow("%s, frozen", method)
                << QStringList{QStringLiteral("method.kind=%1").arg(QLatin1String(method))};
        QTest::newRow("levi, learned combination") << QStringList{"method.kind=levi", "method.combine=learned"};
        for (const char* average : {"ema", "swa"})
            QTest::addRow("levi, weights averaged by %s", average)
                << QStringList{"method.kind=levi", QStringLiteral("train.average=%1").arg(QLatin1String(average))};
    }
    void testLabelsDecideNothing() {
        QFETCH(QStringList, spec);
        RunFixture f;
        std::vector<RunResult> results;
        for (const std::uint32_t moved : {0u, 1u}) {
            results.push_back(f.run(with(withMovedTestLabels(f, f.spec("levi"), moved), spec)));
            QVERIFY2(results.back().state == RunState::Done, results.back().message.c_str());
        }
        QCOMPARE(results[0].weightsSha256, results[1].weightsSha256);
        QCOMPARE(results[0].pickedIndex, results[1].pickedIndex);
        QCOMPARE(results[0].predictionsSha256, results[1].predictionsSha256);
    }

    void predictsAndEstimatesAsItTrained_data() { addModes(); }
    void predictsAndEstimatesAsItTrained() {
        QFETCH(QStringList, spec);
        RunFixture f;
        const auto s = with(f.spec("levi"), spec);
        const auto cost = f.engine->estimate(s, f.root / "cache", {});
        const auto result = f.run(s);
        QVERIFY2(result.state == RunState::Done, result.message.c_str());
        QCOMPARE(cost.trainableParameters, result.trainableParameters);
        const auto stored = readPredictions(f.artifact(result, "predictions")).roles[2]; // id_test
        const auto role = loadDataset(s.data).evaluation.roles[2];
        for (std::int64_t i = 0; i < 6; ++i)
            test::writeQuickly(f.root / "pictures" / fmt::format("{}.png", i), test::pngOf(role.picture(i)));
        const auto made = f.engine->predict(
            {.spec = s, .weightsFile = f.artifact(result, "weights"), .data = f.root / "pictures"}, {});
        const auto expected = stored.logits.softmax(1);
        for (std::size_t i = 0; i < 6; ++i)
            for (std::size_t c = 0; c < made.classes.size(); ++c)
                QVERIFY(std::abs(made.rows[i].probabilities[c] -
                                 expected[std::int64_t(i)][std::int64_t(c)].item<double>()) < 1e-4);
    }

    void saysWhatCannotBeTrained_data() {
        QTest::addColumn<QStringList>("spec");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("no such target") << QStringList{"method.kind=lora", "backbone.lora_targets=query,q_proj"}
                                        << QByteArray("backbone.lora_targets")
                                        << QByteArray("encoder.layer.N.attention.attention.value");
        QTest::newRow("a pattern that matches nothing")
            << QStringList{"method.kind=lora", "backbone.lora_target_pattern=qkv"}
            << QByteArray("backbone.lora_target_pattern") << QByteArray("'qkv' matches no linear layer");
        QTest::newRow("no middle") << QStringList{"method.kind=surgical", "backbone.block_group=middle"}
                                   << QByteArray("backbone.block_group") << QByteArray("2 blocks");
    }

    void saysWhatCannotBeTrained() {
        QFETCH(QStringList, spec);
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, says);
        RunFixture f;
        const auto s = with(f.spec("levi"), spec);
        const auto problems = f.engine->problems(s, {});
        QCOMPARE(problems.size(), std::size_t{1});
        QCOMPARE(QByteArray::fromStdString(problems[0].path), path);
        QVERIFY2(QByteArray::fromStdString(problems[0].message).contains(says), problems[0].message.c_str());
        const auto result = f.run(s);
        QVERIFY(result.state == RunState::Failed);
        QVERIFY(QByteArray::fromStdString(result.message).contains(says));
    }

    void keepsAnAdapterThatOthersCanRead() {
        RunFixture f;
        const auto result =
            f.run(with(f.spec("lora"), {"backbone.lora_rank=3", "backbone.learning_rate=1e-2", "method.pool=cls"}));
        const auto file = f.artifact(result, "adapter");
        QVERIFY(std::filesystem::exists(f.artifact(result, "adapter_config")));
        const auto backbone = openBackbone(f.vit);
        const auto adapter = readPeftAdapter(file.parent_path(), backbone->info());
        QCOMPARE(adapter.parts.size(), std::size_t{4});
        QCOMPARE(adapter.config.rank, std::int64_t{3});
        QCOMPARE(adapter.saved.size(), std::size_t{2});
        adapt(*backbone, adapter);
        // Base, adapter and head give what the run predicted.
        const c10::NoGradGuard noGrad;
        const auto stored = readPredictions(f.artifact(result, "predictions")).roles[2];
        const auto spec = f.spec("lora");
        const auto role = loadDataset(spec.data).evaluation.roles[2];
        const auto view = backbonePictures(spec, backbone->info());
        auto pixels = at::empty({4, 3, 16, 16}, at::kFloat);
        for (std::int64_t i = 0; i < 4; ++i)
            view.write(view.base(role.picture(i)), std::nullopt, pixels[i].data_ptr<float>());
        const auto read = backbone->forward({.values = pixels}).last.select(1, 0);
        std::map<std::string, at::Tensor> head;
        for (const auto& [name, tensor] : adapter.saved)
            head[name] = tensor;
        const auto logits = read.matmul(head.at("classifier.weight").t()).add(head.at("classifier.bias"));
        QVERIFY(at::allclose(logits, stored.logits.slice(0, 0, 4), 1e-4, 1e-4));
    }
};

LEVI_TEST(TestTuningRuns)
#include "tst_tuning_runs.moc"
