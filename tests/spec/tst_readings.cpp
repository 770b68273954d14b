// SPDX-License-Identifier: Apache-2.0
#include "core/spec/readings.h"
#include "core/spec/spec_json.h"
#include "tests/support/test_main.h"

#include <QTest>

using namespace levi;

class TestReadings : public QObject {
    Q_OBJECT

    static QStringList kindsOf(const ExperimentSpec& spec) {
        QStringList kinds;
        for (const Options* options : {&spec.backbone, &spec.backboneView, &spec.specialist, &spec.specialistView})
            kinds << QString::fromStdString(options->kind().key);
        return kinds;
    }

private Q_SLOTS:
    void followTheData_data() {
        QTest::addColumn<QStringList>("settings");
        QTest::addColumn<QString>("kinds"); // backbone and its view, specialist and its view
        QTest::newRow("as it begins") << QStringList{} << "vit picture cnn picture";
        QTest::newRow("texts") << QStringList{"data.kind=text_table"} << "text_encoder text bag text";
        QTest::newRow("ratings") << QStringList{"data.kind=movielens"} << "text_encoder text two_tower fields";
        QTest::newRow("ratings read as texts")
            << QStringList{"data.kind=movielens", "specialist.kind=bag"} << "text_encoder text bag text";
        QTest::newRow("a specialist of columns")
            << QStringList{"data.kind=text_table", "specialist.kind=two_tower"} << "text_encoder text two_tower fields";
        QTest::newRow("there and back") << QStringList{"data.kind=text_table", "data.kind=idx"}
                                        << "vit picture cnn picture";
        QTest::newRow("another one that reads the same")
            << QStringList{"specialist.kind=transformer", "data.kind=idx"} << "vit picture transformer picture";
    }

    void followTheData() {
        QFETCH(QStringList, settings);
        QFETCH(QString, kinds);
        ExperimentSpec spec;
        for (const QString& setting : settings)
            setAssignment(spec, setting.toStdString());
        QCOMPARE(kindsOf(spec).join(QLatin1Char(' ')), kinds);
        QVERIFY(readingProblems(spec).empty());
    }

    // What a file says counts, whatever the order of its sections.
    void aFileSaysMore() {
        const char* sections[] = {R"("specialist": {"kind": "cnn", "width": 8})", R"("data": {"kind": "text_table"})"};
        for (const bool turned : {false, true}) {
            const auto text = fmt::format("{{{}, {}}}", sections[turned], sections[!turned]);
            const SpecRead read = specFromText(text);
            QVERIFY(read.problems.empty());
            const auto problems = readingProblems(read.spec);
            QCOMPARE(problems.size(), std::size_t{1});
            QCOMPARE(problems[0].path, std::string("specialist.kind"));
        }
    }

    void keepsWhatKindsShare() {
        ExperimentSpec spec;
        setAssignment(spec, "backbone.path=weights");
        setAssignment(spec, "specialist.learning_rate=0.01");
        setAssignment(spec, "data.kind=text_table");
        QCOMPARE(fieldValue(spec, "backbone.path").get<std::string>(), std::string("weights"));
        QCOMPARE(fieldValue(spec, "specialist.learning_rate").get<double>(), 0.01);
    }
};

LEVI_TEST(TestReadings)
#include "tst_readings.moc"
