// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/spec/backbones/vit_options.h"
#include "core/spec/data/picture_data.h"
#include "core/spec/methods/levi_options.h"
#include "core/spec/spec_json.h"
#include "tests/support/test_main.h"

#include <QTemporaryDir>
#include <QTest>

using namespace levi;

class TestSpecJson : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void roundTripsEveryField() {
        ExperimentSpec spec;
        setAssignment(spec, "name=probe");
        setAssignment(spec, "data.path=pictures.zip");
        setAssignment(spec, "data.ood=cartoon,sketch");
        setAssignment(spec, "method.taps=8-12");
        setAssignment(spec, "method.pool=mean");
        setAssignment(spec, "train.learning_rate=3e-4");
        setAssignment(spec, "specialist_view.flip=true");
        for (const bool withDefaults : {false, true}) {
            const SpecRead read = specFromJson(toJson(spec, withDefaults));
            QCOMPARE(QString::fromStdString(problemsText(read.problems)), QString());
            QCOMPARE(toJson(read.spec, true).dump(), toJson(spec, true).dump());
        }
        QCOMPARE(spec.method.as<LeviOptions>()->taps.text, std::string("8-12"));
        QCOMPARE(spec.data.as<ImageFolderOptions>()->ood.size(), std::size_t{2});
        QCOMPARE(spec.train.learningRate, 3e-4);
    }

    // What is trained of the backbone has its own usual learning rate, which the file need not say.
    void readsTheUsualRateOfTheMode_data() {
        QTest::addColumn<QString>("json");
        QTest::addColumn<double>("rate");
        const auto row = [](const char* name, const char* json, double rate) {
            QTest::newRow(name) << QString::fromUtf8(json) << rate;
        };
        row("frozen", "{}", 3e-5);
        row("full", R"({"method": {"kind": "full_fine_tuning"}})", 3e-5);
        row("LoRA", R"({"backbone": {"mode": "lora"}})", 1e-3);
        row("LoRA, said", R"({"backbone": {"learning_rate": 3e-5, "mode": "lora"}})", 3e-5);
        row("norms", R"({"method": {"kind": "norm_tuning"}})", 3e-3);
        row("biases, said", R"({"method": {"kind": "bitfit"}, "backbone": {"learning_rate": 3e-3}})", 3e-3);
    }

    void readsTheUsualRateOfTheMode() {
        QFETCH(QString, json);
        QFETCH(double, rate);
        const ExperimentSpec spec = specFromText(json.toStdString()).spec;
        QCOMPARE(fieldValue(spec, "backbone.learning_rate").get<double>(), rate);
        for (const bool withDefaults : {false, true}) // and written so that it is read again
            QCOMPARE(toJson(specFromJson(toJson(spec, withDefaults)).spec, true).dump(), toJson(spec, true).dump());
    }

    void listsAllProblems() {
        const SpecRead read =
            specFromText(R"({"sed": 1, "data": {"kind": "image_folder", "id": "photo", "split_seed": -1},
            "method": {"kind": "levy"}, "train": {"epochs": 2.5, "batch": 3}, "backbone": 7, "seed": "x"})");
        QStringList paths;
        for (const Problem& problem : read.problems)
            paths << QString::fromStdString(problem.path);
        paths.sort();
        QCOMPARE(paths, QStringList({"backbone", "data.id", "data.split_seed", "method.kind", "sed", "seed",
                                     "train.batch", "train.epochs"}));
        QVERIFY(problemsText(read.problems).find("expected one of levi,") != std::string::npos);
    }

    void refusesHostileText_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("a list") << QByteArray("[]");
        QTest::newRow("cut short") << QByteArray("{\"seed\": 1");
        QTest::newRow("a key twice") << QByteArray(R"({"seed": 1, "seed": 2})");
        QTest::newRow("nested deep") << QByteArray("{\"notes\":") + QByteArray(100'000, '[') +
                                            QByteArray(100'000, ']') + "}";
        QTest::newRow("not UTF-8") << QByteArray("{\"name\": \"\xff\xfe\"}");
        QTest::newRow("too large") << QByteArray("{\"notes\": \"") + QByteArray(5 << 20, 'x') + "\"}";
    }

    void refusesHostileText() {
        QFETCH(QByteArray, text);
        QVERIFY_EXCEPTION_THROWN(specFromText(text.toStdString()), Error);
    }

    void readsPathsRelativeToTheFile() {
        QTemporaryDir folder;
        const std::filesystem::path file = folder.filePath("specs/a.json").toStdString();
        writeFileAtomically(
            file, R"({"data": {"path": "../data.zip"}, "backbone": {"path": "resource:demo_vit", "adapter": "lora"}})");
        const SpecRead read = readSpec(file);
        QCOMPARE(fieldValue(read.spec, "backbone.adapter").get<std::string>(),
                 folder.filePath("specs/lora").toStdString());
        QCOMPARE(fieldValue(read.spec, "data.path").get<std::string>(), folder.filePath("data.zip").toStdString());
        QCOMPARE(fieldValue(read.spec, "backbone.path").get<std::string>(), std::string("resource:demo_vit"));
    }

    void namesTheFileItCannotRead() {
        try {
            readSpec("/nowhere/spec.json");
            QFAIL("no error");
        } catch (const Error& error) {
            QVERIFY(std::string(error.what()).find("/nowhere/spec.json") != std::string::npos);
        }
    }

    void keepsSharedFieldsWhenTheKindChanges() {
        ExperimentSpec spec;
        setAssignment(spec, "method.pool=cls");
        setAssignment(spec, "method.taps=4-12");
        setAssignment(spec, "method.kind=concat_probe");
        QCOMPARE(fieldValue(spec, "method.pool").get<std::string>(), std::string("cls"));
        QCOMPARE(fieldValue(spec, "method.taps").get<std::string>(), std::string("4-12"));
    }

    // One kind's default is not another kind's choice.
    void takesTheDefaultsOfTheNewKind() {
        ExperimentSpec spec;
        setAssignment(spec, "method.kind=coral");
        setAssignment(spec, "method.kind=irm");
        QCOMPARE(fieldValue(spec, "method.penalty_weight").get<double>(), 100.0);
        QCOMPARE(fieldValue(spec, "method.hidden_width").get<int>(), 0);
        setAssignment(spec, "method.penalty_weight=3");
        setAssignment(spec, "method.kind=vrex");
        QCOMPARE(fieldValue(spec, "method.penalty_weight").get<double>(), 3.0);
    }

    void copiesOptionsDeeply() {
        ExperimentSpec a;
        ExperimentSpec b = a;
        setAssignment(b, "method.adapter_width=7");
        QCOMPARE(a.method.as<LeviOptions>()->adapterWidth, LeviOptions{}.adapterWidth);
    }

    void refusesWrongAssignments_data() {
        QTest::addColumn<QString>("assignment");
        for (const char* text : {"seed", "method.nothing=1", "nothing.at=1", "train.epochs=many", "train.epochs=0",
                                 "specialist.width=30", "method.pool=median", "method.taps=12-4", "method.dropout=nan",
                                 "train.epochs=99999999999999999999", "specialist_view.flip=yes"})
            QTest::newRow(text) << text;
    }

    void refusesWrongAssignments() {
        QFETCH(QString, assignment);
        ExperimentSpec spec;
        QVERIFY_EXCEPTION_THROWN(setAssignment(spec, assignment.toStdString()), Error);
    }
};

LEVI_TEST(TestSpecJson)
#include "tst_spec_json.moc"
