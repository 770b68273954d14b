// SPDX-License-Identifier: Apache-2.0
#include "core/base/random.h"
#include "core/engine/data/load.h"
#include "core/engine/method/predictions.h"
#include "tests/data/files.h"
#include "tests/engine/run_fixture.h"
#include "tests/image/encoders.h"
#include "tests/support/test_main.h"

#include <ATen/TensorOperators.h>

#include <QTest>

#include <algorithm>
#include <array>
#include <cmath>

using namespace levi;
using test::RunFixture;

namespace {

constexpr int kPictures = 150;

// y = 100 + 30 red - 20 green + 5 blue, the mean colour of a picture in [0, 1].
double targetOf(const std::array<double, 3>& colour) {
    return 100 + 30 * colour[0] - 20 * colour[1] + 5 * colour[2];
}

// Pictures of one colour each; every third one lies in the north, the last thirty are out of distribution.
void writeColours(const std::filesystem::path& folder) {
    std::string table = "file,rating,region,urban,split\n";
    for (int i = 0; i < kPictures; ++i) {
        Random random(streamSeed(5, "colour", std::uint64_t(i)));
        Picture picture(16, 16);
        std::array<double, 3> colour{};
        for (double& part : colour)
            part = std::floor(256 * random.uniform()) / 255;
        for (std::size_t at = 0; at < picture.rgb.size(); ++at)
            picture.rgb[at] = static_cast<std::uint8_t>(std::lround(255 * std::min(1.0, colour[at % 3])));
        for (double& part : colour)
            part = std::min(1.0, part);
        const std::string name = std::to_string(i) + ".png";
        test::writeQuickly(folder / "pictures" / name, test::pngOf(picture));
        const char* split = i < 90 ? "train" : i < 105 ? "id_val" : i < 120 ? "id_test" : "ood_test/far";
        table += fmt::format("{},{},{},{},{}\n", name, targetOf(colour), i % 3 ? "south" : "north", i % 2, split);
    }
    test::writeQuickly(folder / "table.csv", table);
}

ExperimentSpec numberSpec(const RunFixture& f, const std::string& method) {
    auto spec = f.spec("levi");
    setField(spec, "method.kind", method);
    setField(spec, "data.kind", "picture_table");
    setField(spec, "data.table", (f.root / "table.csv").string());
    setField(spec, "data.path", (f.root / "pictures").string());
    for (const char* assignment : {"data.picture=file", "data.target_column=rating", "data.target=number",
                                   "data.domain=region", "data.groups=urban", "data.split=split"})
        setAssignment(spec, assignment);
    return spec;
}

std::optional<double> figure(const CandidateRecord& candidate, const std::string& role, const std::string& metric) {
    for (const MetricRow& row : candidate.metrics)
        if (row.role == role && row.metric == metric && row.domain.empty()) return row.value;
    return std::nullopt;
}

} // namespace

// Runs on tables: classes, and numbers whose answer is known.
class TestTables : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyMethodPredictsNumbers_data() {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QStringList>("settings");
        const auto row = [](const char* method, const QStringList& settings = {}) {
            QTest::newRow(qPrintable(QString::fromUtf8(method) + settings.join(QLatin1Char(' '))))
                << QByteArray(method) << settings;
        };
        for (const char* method : {"levi", "all_layer_probe", "concat_probe", "linear_probe", "mlp_probe", "specialist",
                                   "full_fine_tuning", "layer_decay", "l2_sp", "surgical", "norm_tuning", "bitfit",
                                   "group_dro", "irm", "vrex", "coral", "mixup"})
            row(method);
        row("levi", {"method.specialist_loss_weight=1", "method.combine=learned"});
        row("levi", {"train.precision=bf16", "method.loss=whole"});
        row("linear_probe", {"method.fit=convex", "method.strengths=5"});
        row("lp_ft", {"method.strengths=5"});
        row("head2toe", {"method.selection_steps=20", "method.keep_fractions=0.2,0.5"});
        row("lora", {"backbone.lora_rank=2", "method.pool=cls"});
        row("full_fine_tuning", {"train.average=ema"});
    }

    void everyMethodPredictsNumbers() {
        QFETCH(QByteArray, method);
        QFETCH(QStringList, settings);
        RunFixture f;
        writeColours(f.root);
        const auto spec = test::with(numberSpec(f, method.toStdString()), settings);
        QCOMPARE(QString::fromStdString(problemsText(validate(spec))), QString());
        const auto result = f.run(spec);
        QVERIFY2(result.state == RunState::Done, result.message.c_str());
        const CandidateRecord& last = f.seen.candidates.back();
        for (const char* role : {"train", "id_val", "id_test", "ood_test/far"}) {
            QVERIFY(figure(last, role, "rmse") && figure(last, role, "rmse_worst_group"));
            QVERIFY(!figure(last, role, "accuracy"));
        }
        QVERIFY(*figure(last, "train", "rmse") < 200); // in its own unit, near 110
        const auto predictions = readPredictions(f.artifact(result, "predictions"));
        QVERIFY(predictions.isNumber());
        QCOMPARE(predictions.roles[0].logits.size(1), std::int64_t{1});
        QCOMPARE(predictions.groups.size(), std::size_t{1});
        QVERIFY(std::ranges::any_of(
            f.seen.lines, [](const LogLine& line) { return line.text.find("id_val_rmse=") != std::string::npos; }));
    }

    void recoversALinearTarget_data() {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QStringList>("settings");
        QTest::addColumn<double>("rmse"); // at most; the targets' deviation is about 10
        QTest::newRow("ridge") << QByteArray("linear_probe") << QStringList{"method.fit=convex"} << 3.0;
        // The mean of the patch embeddings of a picture of one colour is linear in it.
        QTest::newRow("by steps, on the embeddings")
            << QByteArray("concat_probe")
            << QStringList{"method.taps=0", "method.pool=mean", "train.epochs=150", "train.learning_rate=0.05",
                           "train.evaluate_every=50"}
            << 0.5;
    }

    void recoversALinearTarget() {
        QFETCH(QByteArray, method);
        QFETCH(QStringList, settings);
        QFETCH(double, rmse);
        RunFixture f;
        writeColours(f.root);
        const auto result = f.run(test::with(numberSpec(f, method.toStdString()), settings));
        QVERIFY2(result.state == RunState::Done, result.message.c_str());
        const auto& best = f.seen.candidates[std::size_t(result.pickedIndex)];
        const double found = figure(best, "ood_test/far", "rmse").value();
        QVERIFY2(found < rmse, qPrintable(QString::number(found)));
        QVERIFY(figure(best, "id_test", "pearson").value() > 0.9);
        for (const CandidateRecord& other : f.seen.candidates)
            QVERIFY(*figure(other, "id_val", "rmse") >= *figure(best, "id_val", "rmse")); // lower is better
    }

    void predictsNumbersOfNewPictures() {
        RunFixture f;
        writeColours(f.root);
        const auto spec = test::with(numberSpec(f, "linear_probe"), {"method.fit=convex", "method.strengths=9"});
        const auto result = f.run(spec);
        const auto stored = readPredictions(f.artifact(result, "predictions")).roles[3];
        const auto made = f.engine->predict({.spec = spec,
                                             .weightsFile = f.artifact(result, "weights"),
                                             .data = f.root / "pictures" / stored.rows[2],
                                             .parents = {},
                                             .weightsFingerprint = {}},
                                            {});
        QCOMPARE(made.rows.size(), std::size_t{1});
        QVERIFY(made.classes.empty() && made.rows[0].probabilities.empty());
        QVERIFY(std::abs(*made.rows[0].number - stored.logits[2][0].item<double>()) < 1e-2);
    }

    void clipsWhereAsked() {
        RunFixture f;
        writeColours(f.root);
        const auto spec = test::with(numberSpec(f, "specialist"), {"data.clip_target=true", "train.learning_rate=5",
                                                                   "specialist.learning_rate=0.5"});
        const auto result = f.run(spec);
        if (result.state != RunState::Done) return; // what diverges is told elsewhere
        const Dataset data = loadDataset(spec.data);
        for (const RolePredictions& role : readPredictions(f.artifact(result, "predictions")).roles) {
            QVERIFY(role.logits.max().item<double>() <= data.scale.high + 1e-4);
            QVERIFY(role.logits.min().item<double>() >= data.scale.low - 1e-4);
        }
    }

    void combinesRunsOfNumbers_data() {
        QTest::addColumn<QByteArray>("method");
        for (const char* method : {"output_ensemble", "weight_soup"})
            QTest::newRow(method) << QByteArray(method);
    }

    void combinesRunsOfNumbers() {
        QFETCH(QByteArray, method);
        RunFixture f;
        writeColours(f.root);
        RunRequest request = f.request(f.spec(method.toStdString()));
        if (method == "weight_soup") setAssignment(request.spec, "method.soup=greedy");
        double best = 1e9;
        for (const std::uint64_t seed : {0, 1}) {
            auto spec = numberSpec(f, "linear_probe");
            spec.seed = seed;
            const auto result = f.run(spec);
            best = std::min(best,
                            *figure(f.seen.candidates[std::size_t(result.pickedIndex) + 2 * seed], "id_val", "rmse"));
            request.parents.push_back({.id = std::int64_t(seed),
                                       .name = "probe",
                                       .predictionsFile = f.artifact(result, "predictions"),
                                       .weightsFile = f.artifact(result, "weights"),
                                       .spec = spec});
        }
        const auto result = f.run(request);
        QVERIFY2(result.state == RunState::Done, result.message.c_str());
        const double found = figure(f.seen.candidates.back(), "id_val", "rmse").value();
        QVERIFY2(method != "weight_soup" || found <= best + 1e-6, qPrintable(QString::number(found)));
    }

    // The same pictures in the same roles train the same weights.
    void aTableEqualsTheFolder() {
        RunFixture f;
        test::writePictureFolder(f.root / "tree", {"photo", "sketch"}, {"cat", "dog"}, 12);
        std::string table = "image,y,domain\n";
        for (const char* domain : {"sketch", "photo"})
            for (const char* name : {"cat", "dog"})
                for (int i = 0; i < 12; ++i)
                    table += fmt::format("{0}/{1}/{2}.png,{1},{0}\n", domain, name, i);
        test::writeQuickly(f.root / "table.csv", table);
        auto folder = f.spec("linear_probe"), rows = f.spec("linear_probe");
        setField(folder, "data.kind", "image_folder");
        setField(folder, "data.path", (f.root / "tree").string());
        setField(folder, "data.ood", Json::array({"sketch"}));
        setField(rows, "data.kind", "picture_table");
        setField(rows, "data.path", (f.root / "tree").string());
        setField(rows, "data.table", (f.root / "table.csv").string());
        for (const char* assignment :
             {"data.picture=image", "data.target_column=y", "data.domain=domain", "data.ood=sketch"})
            setAssignment(rows, assignment);
        const auto a = f.run(folder), b = f.run(rows);
        QVERIFY2(a.state == RunState::Done && b.state == RunState::Done, (a.message + b.message).c_str());
        QCOMPARE(b.weightsSha256, a.weightsSha256);
        QCOMPARE(b.predictionsSha256, a.predictionsSha256);
    }

    void problemsOfATableStandAtItsField() {
        RunFixture f;
        writeColours(f.root);
        auto spec = numberSpec(f, "linear_probe");
        setField(spec, "data.target_column", "stars");
        const auto problems = f.engine->problems(spec, {});
        QCOMPARE(problems.size(), std::size_t{1});
        QCOMPARE(problems[0].path, std::string("data.table"));
        QVERIFY(QByteArray::fromStdString(problems[0].message).contains("has no column 'stars'"));
        setField(spec, "data.target_column", fieldValue(numberSpec(f, "linear_probe"), "data.target_column"));
        setField(spec, "data.split", "");
        setField(spec, "data.ood", Json::array({"nowhere"}));
        const auto ofDomains = f.engine->problems(spec, {});
        QCOMPARE(ofDomains.size(), std::size_t{1});
        QCOMPARE(ofDomains[0].path, std::string("data.ood"));
        QVERIFY(QByteArray::fromStdString(ofDomains[0].message).startsWith("there is no domain 'nowhere'; found "));
    }
};

LEVI_TEST(TestTables)
#include "tst_tables.moc"
