// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/engine/method/method.h"
#include "core/engine/method/predictions.h"
#include "core/spec/methods/derived_options.h"
#include "tests/support/test_main.h"

#include <ATen/ops/softmax.h>
#include <ATen/ops/tensor.h>

#include <QTemporaryDir>
#include <QTest>

#include <functional>

using namespace levi;

namespace {

PredictionsFile example() {
    PredictionsFile file{{.classes = {"cat", "dog"}, .domains = {"photo", "sketch"}}, {}};
    file.roles = {{.role = "id_val",
                   .rows = {"photo/cat/1.jpg", "photo/dog/2.jpg"},
                   .logits = at::tensor({1.0F, 2.0F, 3.0F, -4.0F}).reshape({2, 2}),
                   .labels = {0, 1},
                   .domains = {0, 0}},
                  {.role = "ood_test/sketch",
                   .rows = {"sketch/cat/1.jpg"},
                   .logits = at::tensor({0.5F, 0.25F}).reshape({1, 2}),
                   .labels = {0},
                   .domains = {1}}};
    return file;
}

using Change = std::function<void(PredictionsFile&)>;

} // namespace
Q_DECLARE_METATYPE(Change)

class TestPredictions : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsWhatWasWritten() {
        const QTemporaryDir dir;
        const std::filesystem::path file = dir.filePath("p.safetensors").toStdString();
        writePredictions(file, example());
        const auto read = readPredictions(file);
        QCOMPARE(read.classes, example().classes);
        QCOMPARE(read.domains, example().domains);
        QCOMPARE(read.roles.size(), std::size_t{2});
        for (std::size_t r = 0; r < 2; ++r) {
            QCOMPARE(read.roles[r].rows, example().roles[r].rows);
            QCOMPARE(read.roles[r].labels, example().roles[r].labels);
            QVERIFY(read.roles[r].logits.equal(example().roles[r].logits));
        }
        QCOMPARE(predictionsSha256(read.roles), predictionsSha256(example().roles));
    }

    void refusesOtherFiles_data() {
        QTest::addColumn<Change>("change");
        QTest::newRow("label out of range") << Change([](auto& f) { f.roles[0].labels[1] = 2; });
        QTest::newRow("negative label") << Change([](auto& f) { f.roles[0].labels[1] = -1; });
        QTest::newRow("domain out of range") << Change([](auto& f) { f.roles[1].domains[0] = 9; });
        QTest::newRow("a class too many") << Change([](auto& f) { f.classes.push_back("elk"); });
        QTest::newRow("a row too many") << Change([](auto& f) { f.roles[0].rows.push_back("x"); });
        QTest::newRow("labels lacking") << Change([](auto& f) { f.roles[0].labels.pop_back(); });
    }

    void refusesOtherFiles() {
        QFETCH(Change, change);
        const QTemporaryDir dir;
        const std::filesystem::path file = dir.filePath("p.safetensors").toStdString();
        auto broken = example();
        change(broken);
        writePredictions(file, broken);
        QVERIFY_THROWS_EXCEPTION(Error, readPredictions(file));
    }

    void refusesAnotherKindOfFile() {
        const QTemporaryDir dir;
        const std::filesystem::path file = dir.filePath("w.safetensors").toStdString();
        writeSafetensors(file, {{"w", at::tensor({1.0F})}},
                         weightsMetadata({.task = Task{.classes = {"cat"}}, .fitted = {}}));
        QVERIFY_THROWS_EXCEPTION(Error, readPredictions(file));
        QCOMPARE(weightsTask(Safetensors(file)).classes, std::vector<std::string>{"cat"});
    }

    void combinesOnlyTheSameRows_data() {
        QTest::addColumn<Change>("change");
        QTest::newRow("classes") << Change([](auto& f) { f.classes[0] = "elk"; });
        QTest::newRow("a role less") << Change([](auto& f) { f.roles.pop_back(); });
        QTest::newRow("another role") << Change([](auto& f) { f.roles[1].role = "ood_test/cartoon"; });
        QTest::newRow("another row") << Change([](auto& f) { f.roles[0].rows[0] = "photo/cat/9.jpg"; });
        QTest::newRow("another label") << Change([](auto& f) { f.roles[0].labels[0] = 1; });
    }

    void combinesOnlyTheSameRows() {
        QFETCH(Change, change);
        auto other = example();
        checkSameRows(example(), other, "a", "b");
        change(other);
        QVERIFY_THROWS_EXCEPTION(Error, checkSameRows(example(), other, "a", "b"));
    }

    void averagesParents() {
        auto other = example();
        other.roles[0].logits = at::tensor({3.0F, 0.0F, 0.0F, 1.0F}).reshape({2, 2});
        ExperimentSpec spec;
        setField(spec, "method.kind", "output_ensemble");
        const auto& method = std::get<DerivedMethod>(methodOf(spec));
        const auto p = method.combine(spec, {example(), other})[0].logits.softmax(1);
        const auto expected = example().roles[0].logits.softmax(1).add(other.roles[0].logits.softmax(1)).div(2);
        QVERIFY(p.allclose(expected, 1e-6, 1e-6));
        setFieldText(spec, "method.average", "logits");
        const auto logits = method.combine(spec, {example(), other})[0].logits;
        QVERIFY(logits.equal(example().roles[0].logits.add(other.roles[0].logits).div(2)));
    }

    void hashesRowsAndBits() {
        auto other = example();
        other.roles[0].rows[0] = "x";
        QVERIFY(predictionsSha256(other.roles) != predictionsSha256(example().roles));
        other = example();
        other.roles[1].logits[0][0] = 0.5000001F;
        QVERIFY(predictionsSha256(other.roles) != predictionsSha256(example().roles));
    }
};

LEVI_TEST(TestPredictions)
#include "tst_predictions.moc"
