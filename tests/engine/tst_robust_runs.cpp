// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/predictions.h"
#include "tests/data/files.h"
#include "tests/engine/run_fixture.h"
#include "tests/support/test_main.h"

#include <ATen/ops/softmax.h>

#include <QTest>

#include <algorithm>
#include <thread>

using namespace levi;

namespace {

// Runs on pictures of several domains.
struct DomainsFixture : test::RunFixture {
    std::filesystem::path pictures = root / "pictures";

    DomainsFixture() { test::writePictureFolder(pictures, {"art", "photo", "sketch"}, {"cat", "dog"}, 12); }

    ExperimentSpec domains(const std::string& method, const std::string& setting = "name=x") const {
        auto s = spec(method);
        setField(s, "data.kind", "image_folder");
        setField(s, "data.path", pictures.string());
        for (const std::string& assignment : {std::string("data.ood=sketch"), setting})
            setAssignment(s, assignment);
        return s;
    }
};

std::string noteOf(const RunResult& result, const std::string& name) {
    for (const NamedText& note : result.environment)
        if (note.name == name) return note.text;
    return {};
}

bool says(const std::vector<Problem>& problems, const std::string& path, const std::string& words) {
    return std::ranges::any_of(problems, [&](const Problem& problem) {
        return problem.path == path && problem.message.find(words) != std::string::npos;
    });
}

} // namespace

class TestRobustRuns : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void runs_data() {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("setting");
        for (const char* method : {"group_dro", "irm", "vrex", "coral", "mixup"}) {
            QTest::newRow(method) << QByteArray(method) << QByteArray("name=x");
            QTest::addRow("%s, trained backbone", method) << QByteArray(method) << QByteArray("backbone.mode=full");
            QTest::addRow("%s, augmented", method) << QByteArray(method) << QByteArray("backbone_view.flip=true");
        }
    }

    void runs() {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, setting);
        DomainsFixture f;
        const auto result = f.run(f.domains(method.toStdString(), setting.toStdString()));
        QVERIFY2(result.state == RunState::Done, result.message.c_str());
        const auto plain = f.run(f.domains("linear_probe"));
        QVERIFY(plain.weightsSha256 != result.weightsSha256);
    }

    void tellsTheGroupWeights() {
        DomainsFixture f;
        const auto weights = noteOf(f.run(f.domains("group_dro")), "group_weights");
        QVERIFY2(weights.starts_with("art=0.") && weights.find(" photo=0.") != std::string::npos, weights.c_str());
        QVERIFY(std::ranges::any_of(f.seen.lines, [&](const LogLine& line) { return line.text.ends_with(weights); }));
    }

    void refusesWhatItCannotCompare_data() {
        QTest::addColumn<QStringList>("settings");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("words");
        QTest::newRow("one domain") << QStringList{"data.id=photo", "data.ood=sketch"} << "method.kind"
                                    << "photo";
        QTest::newRow("small batch") << QStringList{"train.batch_size=3"} << "train.batch_size"
                                     << "at least 4";
    }

    void refusesWhatItCannotCompare() {
        QFETCH(QStringList, settings);
        QFETCH(QString, path);
        QFETCH(QString, words);
        DomainsFixture f;
        auto spec = f.domains("vrex"), plain = f.domains("linear_probe");
        for (const QString& setting : settings)
            for (ExperimentSpec* one : {&spec, &plain})
                setAssignment(*one, setting.toStdString());
        QVERIFY(says(f.engine->problems(spec, {}), path.toStdString(), words.toStdString()));
        QVERIFY(f.engine->problems(plain, {}).empty());
        const auto result = f.run(spec);
        QVERIFY(result.state == RunState::Failed);
        QVERIFY2(result.message.find(words.toStdString()) != std::string::npos, result.message.c_str());
    }

    void twoAtOnceEqualEachAlone() {
        DomainsFixture f, g;
        const auto aloneA = f.run(f.domains("group_dro")), aloneB = g.run(g.domains("mixup"));
        RunResult togetherB;
        std::thread lane([&] { togetherB = g.run(g.domains("mixup")); });
        const auto togetherA = f.run(f.domains("group_dro"));
        lane.join();
        QCOMPARE(togetherA.weightsSha256, aloneA.weightsSha256);
        QCOMPARE(togetherB.weightsSha256, aloneB.weightsSha256);
        QCOMPARE(togetherB.predictionsSha256, aloneB.predictionsSha256);
    }

    void stopsAtAnyBatch() {
        DomainsFixture f;
        std::stop_source stop;
        f.seen.onStep = [&](std::int64_t step) {
            if (step == 3) stop.request_stop();
        };
        const auto result = f.run(f.request(f.domains("irm")), stop.get_token());
        QVERIFY(result.state == RunState::Cancelled);
        QCOMPARE(f.seen.steps, std::int64_t{3});
    }

    void averagesAreCandidates() {
        DomainsFixture f;
        const auto result = f.run(f.domains("levi", "train.average=swa"));
        QVERIFY2(result.state == RunState::Done, result.message.c_str());
        QCOMPARE(f.seen.candidates.size(), std::size_t{4});
        QCOMPARE(f.seen.candidates[1].kind, std::string("swa"));
        QCOMPARE(f.seen.candidates[1].step, f.seen.candidates[0].step);
        QCOMPARE(predictionsSha256(readPredictions(f.artifact(result, "predictions")).roles), result.predictionsSha256);
    }

    void learnsItsCombination() {
        DomainsFixture f;
        auto spec = f.domains("levi", "method.combine=learned");
        setField(spec, "method.taps", "all");
        const auto result = f.run(spec);
        QVERIFY2(result.state == RunState::Done, result.message.c_str());
        const auto weights = noteOf(result, "layer_weights");
        QVERIFY2(weights.starts_with("0=0.") && weights.find(" 2=0.") != std::string::npos, weights.c_str());
        const Safetensors file(f.artifact(result, "weights"));
        QVERIFY(file.read("combination.scores").abs().sum().item<double>() > 0);
        const auto made = f.engine->predict(
            {.spec = spec, .weightsFile = f.artifact(result, "weights"), .data = f.pictures / "art"}, {});
        QCOMPARE(made.rows.size(), std::size_t{24});
    }

    void keepsFeaturesOfAllLayers() {
        DomainsFixture f;
        auto spec = f.domains("head2toe", "method.keep_fraction=0.25");
        setAssignment(spec, "method.selection_steps=20");
        const auto estimate = f.engine->estimate(spec, f.root / "cache", {});
        const auto result = f.run(spec);
        QVERIFY2(result.state == RunState::Done, result.message.c_str());
        QCOMPARE(estimate.trainableParameters, result.trainableParameters);
        const std::int64_t kept = 4 * 2 * 16 / 4; // of hidden states 0 to 2 and the last one
        QCOMPARE(result.trainableParameters, kept * 2 + 2);
        const auto counts = noteOf(result, "kept_features");
        QVERIFY2(counts.starts_with("0=") && counts.find(" last=") != std::string::npos, counts.c_str());
        QCOMPARE(Safetensors(f.artifact(result, "weights")).read("selection.kept").size(0), kept);
        const auto made = f.engine->predict(
            {.spec = spec, .weightsFile = f.artifact(result, "weights"), .data = f.pictures / "sketch"}, {});
        const auto stored = readPredictions(f.artifact(result, "predictions")).roles.back(); // ood_test/sketch
        const auto expected = stored.logits.softmax(1);
        QCOMPARE(made.rows.size(), stored.rows.size());
        for (std::size_t i = 0; i < made.rows.size(); ++i) {
            QCOMPARE("sketch/" + made.rows[i].row, stored.rows[i]);
            QVERIFY(std::abs(made.rows[i].probabilities[0] - expected[std::int64_t(i)][0].item<double>()) < 1e-4);
        }
        QCOMPARE(f.run(spec).weightsSha256, result.weightsSha256);
    }

    void readsWithAGenericSpecialist() {
        DomainsFixture f;
        auto spec = f.domains("levi", "specialist.kind=transformer");
        for (const char* assignment : {"specialist.embedding_width=16", "specialist.blocks=1", "specialist.patch=4"})
            setAssignment(spec, assignment);
        const auto result = f.run(spec);
        QVERIFY2(result.state == RunState::Done, result.message.c_str());
        setAssignment(spec, "specialist.patch=5");
        QVERIFY(says(f.engine->problems(spec, {}), "specialist.patch", "5 pixels"));
    }
};

LEVI_TEST(TestRobustRuns)
#include "tst_robust_runs.moc"
