// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/engine/data/load.h"
#include "core/engine/method/predictions.h"
#include "core/engine/model/peft_format.h"
#include "core/engine/start_backbone.h"
#include "tests/data/files.h"
#include "tests/engine/run_fixture.h"
#include "tests/support/test_main.h"

#include <ATen/ops/equal.h>
#include <c10/core/GradMode.h>

#include <QTest>

using namespace levi;
using test::RunFixture;

namespace {

// Runs, and what a later run is told of them.
struct Chain : RunFixture {
    std::vector<ParentRun> runs;

    RunResult runAfter(const ExperimentSpec& s, const std::vector<ParentRun>& parents) {
        auto r = request(s);
        r.parents = parents;
        return run(r);
    }

    RunResult add(ExperimentSpec s) {
        setField(s, "backbone.learning_rate", 1e-2);
        if (!runs.empty()) setField(s, "backbone.from_run", runs.back().name);
        const auto result = runAfter(s, runs);
        std::string fingerprint;
        for (const NamedText& text : seen.facts.back().environment)
            if (text.name == "weights_fingerprint") fingerprint = text.text;
        runs.push_back({.id = std::int64_t(runs.size()) + 1,
                        .name = "run " + std::to_string(runs.size()),
                        .predictionsFile = artifact(result, "predictions"),
                        .weightsFile = artifact(result, "weights"),
                        .spec = s,
                        .weightsFingerprint = fingerprint});
        return result;
    }

    // A run whose backbone later ones take over, after those that there are already.
    RunResult add(const std::string& method, const QStringList& assignments = {}) {
        return add(test::with(spec(method), assignments));
    }

    ExperimentSpec after(const std::string& method, const QStringList& assignments = {}) const {
        auto s = test::with(spec(method), assignments);
        setField(s, "backbone.from_run", runs.back().name);
        return s;
    }
};

at::Tensor features(const Backbone& backbone) {
    const c10::NoGradGuard noGrad;
    return backbone.pooledFeatures({.values = Initializer(5).draw("pixels", {4, 3, 16, 16}, 2)});
}

std::string messageOf(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

} // namespace

class TestFromRun : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void startsFromWhatTheRunTrained_data() {
        QTest::addColumn<QStringList>("spec");
        QTest::newRow("full") << QStringList{"method.kind=full_fine_tuning"};
        QTest::newRow("norms") << QStringList{"method.kind=norm_tuning"};
        QTest::newRow("levi on biases") << QStringList{"method.kind=levi", "backbone.mode=biases"};
    }

    void startsFromWhatTheRunTrained() {
        QFETCH(QStringList, spec);
        Chain f;
        const auto result = f.add("levi", spec);
        QVERIFY2(result.state == RunState::Done, result.message.c_str());
        const auto published = openBackbone(f.vit);
        const auto started = startBackbone(f.after("levi"), at::kCPU, f.runs);
        QVERIFY(!at::equal(features(*published), features(*started)));
        const Safetensors weights(f.artifact(result, "weights"));
        std::size_t taken = 0;
        for (std::size_t i = 0; i < published->parameters().size(); ++i) {
            const auto& [name, tensor] = started->parameters()[i];
            const bool trained = weights.find("backbone." + name) != nullptr;
            taken += trained;
            QVERIFY2(at::equal(tensor, trained ? weights.read("backbone." + name) : published->parameters()[i].tensor),
                     name.c_str());
        }
        QVERIFY(taken > 0);
        QVERIFY(started->info().weightsFingerprint != published->info().weightsFingerprint);
        QVERIFY(!started->trainable());
    }

    // Both stages on test labels that were moved on.
    void testLabelsDecideNothing() {
        std::vector<RunResult> results;
        for (const std::uint32_t moved : {0u, 1u}) {
            Chain f;
            f.add(test::withMovedTestLabels(f, f.spec("full_fine_tuning"), moved));
            results.push_back(f.runAfter(test::withMovedTestLabels(f, f.after("levi"), moved), f.runs));
            QVERIFY2(results.back().state == RunState::Done, results.back().message.c_str());
        }
        QCOMPARE(results[0].weightsSha256, results[1].weightsSha256);
        QCOMPARE(results[0].pickedIndex, results[1].pickedIndex);
        QCOMPARE(results[0].predictionsSha256, results[1].predictionsSha256);
    }

    void mergesWhatLoraTrained() {
        Chain f;
        const auto result = f.add("lora", {"backbone.lora_rank=2", "backbone.lora_rank_stabilized=true"});
        const auto started = startBackbone(f.after("levi"), at::kCPU, f.runs);
        const auto adapted = openBackbone(f.vit);
        adapt(*adapted, readPeftAdapter(f.artifact(result, "adapter").parent_path(), adapted->info()));
        QVERIFY(features(*started).sub(features(*adapted)).abs().max().item<double>() < 1e-5);
        QCOMPARE(started->parameters().size(), openBackbone(f.vit)->parameters().size());
        QVERIFY(features(*started).sub(features(*openBackbone(f.vit))).abs().max().item<double>() > 1e-3);
    }

    // The adapter's folder alone gives what the run that wrote it gives.
    void mergesAnAdapterFromItsFolder() {
        Chain f;
        const auto trained = f.add("lora", {"backbone.lora_rank=2"});
        auto s = f.spec("linear_probe");
        setField(s, "backbone.adapter", f.artifact(trained, "adapter").parent_path().string());
        const auto plain = f.run(f.spec("linear_probe"));
        const auto adapted = f.run(s);
        QVERIFY2(adapted.state == RunState::Done, adapted.message.c_str());
        QVERIFY(adapted.backboneSamples > 0); // the published weights' features are not its own
        QVERIFY(adapted.predictionsSha256 != plain.predictionsSha256);
        QCOMPARE(adapted.predictionsSha256, f.runAfter(f.after("linear_probe"), f.runs).predictionsSha256);
        QCOMPARE(f.run(s).backboneSamples, std::int64_t{0});
        const auto& facts = f.seen.facts;
        QVERIFY(facts.back().facts.at("backbone.path") != facts.front().facts.at("backbone.path"));
        QCOMPARE(facts.back().facts.at("backbone.adapter"), std::string("merged"));
        setField(s, "backbone.adapter", f.vit.string());
        const auto problems = f.engine->problems(s, {});
        QVERIFY(std::ranges::any_of(problems, [](const Problem& problem) {
            return problem.message.find("adapter_config.json") != std::string::npos;
        }));
    }

    // LEVI on a backbone that was fine-tuned first and is frozen now. Its features are others than the published ones.
    void leviOnAFineTunedBackbone() {
        Chain f;
        const auto plain = f.run(f.spec("levi"));
        QVERIFY(plain.backboneSamples > 0);
        QVERIFY2(f.add("full_fine_tuning").state == RunState::Done, "");
        const auto result = f.runAfter(f.after("levi"), f.runs);
        QVERIFY2(result.state == RunState::Done, result.message.c_str());
        QCOMPARE(result.backboneSamples, plain.backboneSamples); // none of them lay in the cache
        QVERIFY(result.weightsSha256 != plain.weightsSha256);
        const auto again = f.runAfter(f.after("levi"), f.runs);
        QCOMPARE(again.backboneSamples, std::int64_t{0});
        QCOMPARE(again.weightsSha256, result.weightsSha256);
        // The cell's key: the published weights and the parent's cell, which the store knows; not weights that differ
        // by seed.
        const auto& facts = f.seen.facts;
        QCOMPARE(facts.back().facts.at("backbone.path"), facts.front().facts.at("backbone.path"));
        QCOMPARE(facts.back().facts.at("backbone.path"), f.engine->inspectBackbone(f.vit).weightsFingerprint);
    }

    void goesThroughSeveralRuns() {
        Chain f;
        f.add("full_fine_tuning");
        f.add("surgical", {"backbone.block_group=last"});
        QVERIFY(f.runs[0].weightsFingerprint != f.runs[1].weightsFingerprint);
        const auto result = f.runAfter(f.after("all_layer_probe"), f.runs);
        QVERIFY2(result.state == RunState::Done, result.message.c_str());
        const auto started = startBackbone(f.after("levi"), at::kCPU, f.runs);
        const Safetensors first(f.runs[0].weightsFile), second(f.runs[1].weightsFile);
        for (const auto& [name, tensor] : started->parameters()) {
            const auto& from = second.find("backbone." + name) ? second : first;
            QVERIFY2(at::equal(tensor, from.read("backbone." + name)), name.c_str());
        }
    }

    void predictsWithIt_data() {
        QTest::addColumn<bool>("fromRun");
        QTest::newRow("a run") << true;
        QTest::newRow("the folder of an adapter") << false;
    }

    void predictsWithIt() {
        QFETCH(bool, fromRun);
        Chain f;
        auto s = f.spec("levi");
        if (fromRun) {
            f.add("full_fine_tuning");
            s = f.after("levi");
        } else {
            const auto trained = f.add("lora", {"backbone.lora_rank=2"});
            setField(s, "backbone.adapter", f.artifact(trained, "adapter").parent_path().string());
            f.runs.clear();
        }
        const auto result = f.runAfter(s, f.runs);
        const auto stored = readPredictions(f.artifact(result, "predictions")).roles[2]; // id_test
        const auto role = loadDataset(s.data).evaluation.roles[2];
        for (std::int64_t i = 0; i < 5; ++i)
            test::writeQuickly(f.root / "pictures" / fmt::format("{}.png", i), test::pngOf(role.picture(i)));
        const auto made = f.engine->predict(
            {.spec = s, .weightsFile = f.artifact(result, "weights"), .data = f.root / "pictures", .parents = f.runs},
            {});
        const auto expected = stored.logits.softmax(1);
        for (std::size_t i = 0; i < 5; ++i)
            QVERIFY(std::abs(made.rows[i].probabilities[0] - expected[std::int64_t(i)][0].item<double>()) < 1e-4);
    }

    void saysWhatCannotBeBuiltOn() {
        Chain f;
        f.add("full_fine_tuning");
        const auto start = [&](const ExperimentSpec& s, const std::vector<ParentRun>& runs) {
            return messageOf([&] { startBackbone(s, at::kCPU, runs); });
        };
        const auto says = [](const std::string& message, const char* part) {
            return message.starts_with("backbone.from_run") && message.find(part) != std::string::npos;
        };
        QVERIFY(start(f.after("levi"), f.runs).empty());
        QVERIFY(says(start(f.after("levi"), {}), "run 0"));
        auto runs = f.runs;
        runs[0].weightsFingerprint = "another";
        QVERIFY(says(start(f.after("levi"), runs), "other weights"));
        runs = f.runs;
        runs[0].weightsFile.clear();
        QVERIFY(says(start(f.after("levi"), runs), "kept no weights"));
        QVERIFY(says(start(f.after("levi", {"backbone.image_size=32"}), f.runs), "other weights"));
        const auto probe = f.run(f.spec("linear_probe"));
        runs = f.runs;
        runs[0].weightsFile = f.artifact(probe, "weights");
        QVERIFY(says(start(f.after("levi"), runs), "left the backbone as it was"));
    }
};

LEVI_TEST(TestFromRun)
#include "tst_from_run.moc"
