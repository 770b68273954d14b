// SPDX-License-Identifier: Apache-2.0
#include "core/base/files.h"
#include "core/engine/engine_impl.h"
#include "core/engine/method/predictions.h"
#include "tests/data/files.h"
#include "tests/engine/run_fixture.h"
#include "tests/support/test_main.h"

#include <QTest>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>
#include <thread>

using namespace levi;
using test::RunFixture;

namespace {

std::int64_t countFiles(const std::filesystem::path& folder) {
    if (!std::filesystem::exists(folder)) return 0;
    std::int64_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        count += entry.path().extension() == ".features";
    return count;
}

QByteArray text(const std::string& value) {
    return QByteArray::fromStdString(value);
}

// A line for each parent and each evaluation; no figure of a test role, which a seal may hide.
void checkDerivedLog(const std::vector<LogLine>& lines) {
    QString log;
    for (const LogLine& line : lines)
        log += QString::fromStdString(line.text) + QLatin1Char('\n');
    for (const char* part : {"parent run=1 name='probe' weight=0.5000 predictions=run-",
                             "parent run=2 name='specialist'", "evaluated role=id_val rows=60 accuracy=0.",
                             "evaluated role=id_test rows=60\n", "evaluated role=ood_test/cue_random rows=60\n"})
        QVERIFY2(log.contains(QLatin1String(part)), qPrintable(log));
}

} // namespace

class TestRuns : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyMethodRuns_data() {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("setting");
        QTest::addColumn<bool>("reads"); // features
        for (const char* method : {"levi", "all_layer_probe", "concat_probe", "linear_probe", "mlp_probe", "head2toe"})
            QTest::newRow(method) << QByteArray(method) << QByteArray("name=x") << true;
        QTest::newRow("levi, own loss") << QByteArray("levi") << QByteArray("method.specialist_loss_weight=1") << true;
        QTest::newRow("levi, dropout on s")
            << QByteArray("levi") << QByteArray("method.specialist_dropout=0.5") << true;
        QTest::newRow("levi, trained backbone") << QByteArray("levi") << QByteArray("backbone.mode=full") << true;
        QTest::newRow("levi, augmented") << QByteArray("levi") << QByteArray("backbone_view.flip=true") << true;
        QTest::newRow("levi, bf16") << QByteArray("levi") << QByteArray("train.precision=bf16") << true;
        QTest::newRow("specialist") << QByteArray("specialist") << QByteArray("name=x") << false;
        QTest::newRow("full fine-tuning") << QByteArray("full_fine_tuning") << QByteArray("name=x") << false;
    }

    void everyMethodRuns() {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, setting);
        QFETCH(bool, reads);
        RunFixture f;
        auto spec = f.spec(method.toStdString());
        setAssignment(spec, setting.toStdString());
        const auto result = f.run(spec);
        QVERIFY2(result.state == RunState::Done, result.message.c_str());
        QCOMPARE(f.seen.candidates.size(), std::size_t{2});
        QCOMPARE(f.seen.facts.size(), std::size_t{1});
        QCOMPARE(result.backboneSamples > 0, reads);
        QVERIFY(result.trainableParameters > 0);
        QCOMPARE(result.weightsSha256.size(), std::size_t{64});
        const auto predictions = readPredictions(f.artifact(result, "predictions"));
        QCOMPARE(predictions.roles.size(), std::size_t{5});
        QCOMPARE(predictionsSha256(predictions.roles), result.predictionsSha256);
        QCOMPARE(Safetensors(f.artifact(result, "weights")).tensors().empty(), false);
    }

    void aSecondRunNeedsNoBackbonePass_data() {
        QTest::addColumn<QByteArray>("change");
        for (const char* change : {"method.taps=1-2", "method.adapter=linear", "seed=7", "specialist.width=16",
                                   "method.pool=cls", "method.normalization=layer_norm", "method.dropout=0.2"})
            QTest::newRow(change) << QByteArray(change);
    }

    void aSecondRunNeedsNoBackbonePass() {
        QFETCH(QByteArray, change);
        RunFixture f;
        QCOMPARE(f.run(f.spec("levi")).backboneSamples, std::int64_t{5 * 60});
        auto spec = f.spec("levi");
        setAssignment(spec, change.toStdString());
        QCOMPARE(f.run(spec).backboneSamples, std::int64_t{0});
        QCOMPARE(f.run(f.spec("linear_probe")).backboneSamples, std::int64_t{0});
    }

    void theCacheChangesNoPrediction() {
        RunFixture f;
        const auto spec = f.spec("levi");
        auto uncached = f.request(spec);
        uncached.useCache = false;
        const auto without = f.run(uncached);
        QCOMPARE(countFiles(f.root / "cache"), std::int64_t{0});
        const auto first = f.run(spec), second = f.run(spec);
        QCOMPARE(second.backboneSamples, std::int64_t{0});
        for (const RunResult& result : {first, second}) {
            QCOMPARE(result.weightsSha256, without.weightsSha256);
            QCOMPARE(result.predictionsSha256, without.predictionsSha256);
        }
    }

    void seedsAndOnlySeedsDecide() {
        RunFixture f;
        const auto zero = f.run(f.spec("levi", 0)), again = f.run(f.spec("levi", 0)), one = f.run(f.spec("levi", 1));
        QCOMPARE(zero.weightsSha256, again.weightsSha256);
        QVERIFY(zero.weightsSha256 != one.weightsSha256);
    }

    void twoAtOnceEqualEachAlone() {
        RunFixture f, g;
        const auto a = f.spec("levi", 1), b = f.spec("full_fine_tuning", 2);
        const auto aloneA = f.run(a), aloneB = f.run(b);
        RunResult togetherB;
        std::thread lane([&] { togetherB = g.run(g.spec("full_fine_tuning", 2)); });
        const auto togetherA = f.run(a);
        lane.join();
        QCOMPARE(togetherA.weightsSha256, aloneA.weightsSha256);
        QCOMPARE(togetherA.predictionsSha256, aloneA.predictionsSha256);
        QCOMPARE(togetherB.weightsSha256, aloneB.weightsSha256);
        QCOMPARE(togetherB.predictionsSha256, aloneB.predictionsSha256);
    }

    void stopsInEveryPhase_data() {
        QTest::addColumn<QByteArray>("phase");
        QTest::newRow("data") << QByteArray("reading pictures");
        QTest::newRow("features") << QByteArray("features");
        QTest::newRow("training") << QByteArray("training");
    }

    void stopsInEveryPhase() {
        QFETCH(QByteArray, phase);
        RunFixture f;
        std::stop_source stop;
        f.seen.onProgress = [&](const Progress& progress) {
            if (progress.phase == phase.toStdString()) stop.request_stop();
        };
        const auto result = f.run(f.request(f.spec("levi")), stop.get_token());
        QVERIFY(result.state == RunState::Cancelled);
        QVERIFY(!result.message.empty());
    }

    void saysWhatWentWrong_data() {
        QTest::addColumn<QByteArray>("setting");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("absent backbone") << QByteArray("backbone.path=/nowhere") << QByteArray("/nowhere");
        QTest::newRow("tap beyond depth") << QByteArray("method.taps=9") << QByteArray("9");
        QTest::newRow("absent device") << QByteArray("compute.device=cuda:7") << QByteArray("cuda:7");
        QTest::newRow("too deep a specialist") << QByteArray("specialist.depth=6") << QByteArray("specialist.depth");
        QTest::newRow("no number") << QByteArray("train.learning_rate=10") << QByteArray("step");
    }

    void saysWhatWentWrong() {
        QFETCH(QByteArray, setting);
        QFETCH(QByteArray, says);
        RunFixture f;
        auto spec = f.spec("levi");
        setAssignment(spec, setting.toStdString());
        if (says == "step")
            for (const char* wild : {"train.optimizer=sgd", "train.clip_norm=0", "train.epochs=60",
                                     "specialist.learning_rate=1", "train.weight_decay=1"})
                setAssignment(spec, wild);
        const auto result = f.run(spec);
        QVERIFY(result.state == RunState::Failed);
        QVERIFY2(text(result.message).contains(says), result.message.c_str());
        if (says == "step") return; // only training shows it
        const auto problems = f.engine->problems(spec, {});
        QVERIFY(std::ranges::any_of(problems, [&](const Problem& p) { // as it is shown; a field is named once
            return text(p.path + ": " + p.message).count(says) == 1;
        }));
    }

    void aSpecWithoutProblemsHasNone() {
        const RunFixture f;
        for (const char* method : {"levi", "specialist", "full_fine_tuning"})
            QVERIFY2(f.engine->problems(f.spec(method), {}).empty(), method);
    }

    // Weights alone do not say what a backbone computes.
    void aChangedConfigIsAnotherBackbone_data() {
        QTest::addColumn<QByteArray>("field");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<bool>("matters");
        QTest::newRow("heads") << QByteArray("num_attention_heads") << QByteArray("1") << true;
        QTest::newRow("norm epsilon") << QByteArray("layer_norm_eps") << QByteArray("0.1") << true;
        QTest::newRow("a note") << QByteArray("_name_or_path") << QByteArray("\"mine\"") << false;
    }

    void aChangedConfigIsAnotherBackbone() {
        QFETCH(QByteArray, field);
        QFETCH(QByteArray, value);
        QFETCH(bool, matters);
        RunFixture f;
        const auto first = f.run(f.spec("linear_probe"));
        auto config = nlohmann::json::parse(readFile(f.vit / "config.json", 1 << 16));
        config[field.toStdString()] = nlohmann::json::parse(value.toStdString());
        writeFileAtomically(f.vit / "config.json", config.dump());
        const auto second = f.run(f.spec("linear_probe"));
        QVERIFY2(second.state == RunState::Done, second.message.c_str());
        QCOMPARE(second.backboneSamples > 0, matters);
        QCOMPARE(f.seen.facts[0].facts != f.seen.facts[1].facts, matters);
        QCOMPARE(second.predictionsSha256 != first.predictionsSha256, matters);
    }

    void averagesFinishedRuns() {
        RunFixture f;
        const auto probe = f.run(f.spec("linear_probe")), specialist = f.run(f.spec("specialist"));
        auto request = f.request(f.spec("output_ensemble"));
        request.parents = {{.id = 1, .name = "probe", .predictionsFile = f.artifact(probe, "predictions")},
                           {.id = 2, .name = "specialist", .predictionsFile = f.artifact(specialist, "predictions")}};
        const auto result = f.run(request);
        QVERIFY2(result.state == RunState::Done, result.message.c_str());
        QCOMPARE(result.backboneSamples, std::int64_t{0});
        QVERIFY(result.weightsSha256.empty());
        const auto& metrics = f.seen.candidates.back().metrics;
        QVERIFY(std::ranges::any_of(metrics, [](const MetricRow& row) { return row.role == "ood_test/cue_random"; }));
        checkDerivedLog(f.seen.lines);
        std::set<std::string> named;
        for (const NamedText& entry : f.seen.facts.back().environment)
            named.insert(entry.name);
        for (const char* name : {"device", "threads", "libtorch", "cpu_capability"})
            QVERIFY2(named.contains(name), name);
        request.parents.pop_back();
        QVERIFY(f.run(request).state == RunState::Failed);
    }

    // The bar does not run ahead with a pass that is short beside the training, nor does it ever go back.
    void progressIsInProportion() {
        RunFixture f;
        double last = 0, afterFeatures = 0;
        bool goesBack = false;
        f.seen.onProgress = [&](const Progress& progress) {
            goesBack = goesBack || progress.share < last;
            last = progress.share;
            if (progress.phase == "features") afterFeatures = progress.share;
        };
        QVERIFY(f.run(test::with(f.spec("levi"), {"train.epochs=20"})).backboneSamples > 0);
        QVERIFY(!goesBack);
        QVERIFY2(afterFeatures > 0.03 && afterFeatures < 0.2, std::to_string(afterFeatures).c_str());
        QCOMPARE(last, 1.0);
    }

    // A long epoch is not one leap, or the time that is left could not be told.
    void progressMovesWithinAnEpoch() {
        RunFixture f;
        std::set<double> shares;
        f.seen.onProgress = [&](const Progress& progress) {
            if (progress.phase == "training" && progress.done == 0) shares.insert(progress.share);
        };
        QVERIFY(f.run(test::with(f.spec("linear_probe"), {"train.epochs=1", "train.batch_size=8"})).state ==
                RunState::Done);
        QVERIFY2(shares.size() >= 8, std::to_string(shares.size()).c_str()); // one a step: 60 rows
        QVERIFY(*shares.rbegin() < 1);                                       // the evaluation is still to come
    }

    void estimatesTheCost() {
        RunFixture f;
        auto spec = f.spec("levi");
        setField(spec, "method.taps", "all");
        const auto before = f.engine->estimate(spec, f.root / "cache", {});
        const auto result = f.run(spec);
        const auto after = f.engine->estimate(spec, f.root / "cache", {});
        QCOMPARE(before.trainableParameters, result.trainableParameters);
        QCOMPARE(before.specialistParameters + before.adapterParameters, result.trainableParameters);
        QCOMPARE(before.rows, std::int64_t{5 * 60});
        QCOMPARE(before.cachedRows, std::int64_t{0});
        QCOMPARE(after.cachedRows, after.rows);
        QCOMPARE(before.taps, (std::vector<int>{0, 1, 2}));
        QVERIFY(before.seconds > after.seconds && after.seconds > 0);
        QCOMPARE(f.engine->estimate(spec, {}, {}).cachedRows, std::int64_t{0}); // without a cache
        setField(spec, "compute.device", "cuda:0");
        const auto onGpu = f.engine->estimate(spec, f.root / "cache", {}); // has features and a pace of its own
        QCOMPARE(onGpu.cachedRows, std::int64_t{0});
        QCOMPARE(onGpu.trainableParameters, after.trainableParameters);
        QVERIFY(onGpu.featureKey != after.featureKey && onGpu.seconds == 0);
    }

    void looksReadTheDataOnce() {
        const RunFixture f;
        EngineImpl engine;
        auto spec = f.spec("levi");
        for (const char* change : {"train.epochs=3", "method.taps=1", "method.kind=linear_probe", "seed=4"}) {
            setAssignment(spec, change);
            QVERIFY(engine.problems(spec, {}).empty());
            QCOMPARE(engine.inspectData(spec, {}).roles.size(), std::size_t{5});
            QCOMPARE(engine.estimate(spec, f.root / "cache", {}).rows, std::int64_t{5 * 60});
        }
        QCOMPARE(engine.dataReadings(), std::int64_t{1});
        setAssignment(spec, "data.train_rows=80");
        engine.problems(spec, {});
        QCOMPARE(engine.dataReadings(), std::int64_t{2});
    }

    void looksKeepNotesOnlyWhereTold() {
        const RunFixture f;
        test::writePictureFolder(f.root / "pictures", {"photo", "sketch"}, {"cat", "dog"}, 6);
        auto spec = f.spec("levi");
        for (const std::string& change :
             {std::string("data.kind=image_folder"), std::string("data.id=photo"), std::string("data.ood=sketch"),
              "data.path=" + (f.root / "pictures").string()})
            setAssignment(spec, change);
        const auto notes = f.root / "notes";
        std::filesystem::create_directories(notes);
        for (const bool keeps : {false, true}) {
            EngineImpl engine;
            engine.setCacheFolder(keeps ? notes : std::filesystem::path());
            const auto problems = engine.problems(spec, {});
            QVERIFY2(problems.empty(), problems.empty() ? "" : problems.front().message.c_str());
            QVERIFY(!engine.facts(spec, {}).empty());
            QCOMPARE(std::filesystem::is_empty(notes), !keeps);
        }
    }

    void namesItsDevices() {
        const RunFixture f;
        const auto devices = f.engine->devices();
        QCOMPARE(devices.front().id, std::string("cpu"));
        QVERIFY(devices.front().freeBytes > 0);
        const auto info = f.engine->info();
        QVERIFY(!info.torchVersion.empty());
        QCOMPARE(info.cudaProblem.empty(), devices.size() > 1);
    }

    void pretrainsTheDemosBackbone() {
        RunFixture f;
        const auto folder = f.root / "demo_vit";
        f.engine->pretrainDemo({.outFolder = folder, .steps = 2, .threads = 1}, f.seen, {});
        const auto info = f.engine->inspectBackbone(folder);
        QVERIFY2(info.usable(), info.problems.empty() ? "" : info.problems.front().c_str());
        QVERIFY(std::filesystem::file_size(folder / "model.safetensors") < 3'000'000);
    }
};

LEVI_TEST(TestRuns)
#include "tst_runs.moc"
