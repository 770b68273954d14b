// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/spec/field_table.h"
#include "core/spec/layer_choice.h"
#include "tests/support/test_main.h"

#include <QTest>

using namespace levi;

class TestLayerChoice : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void resolves_data() {
        QTest::addColumn<QString>("json");
        QTest::addColumn<int>("depth");
        QTest::addColumn<QString>("taps");
        QTest::newRow("all") << "\"all\"" << 3 << "0-3";
        QTest::newRow("last") << "\"last\"" << 12 << "12";
        QTest::newRow("late half") << "\"late_half\"" << 12 << "7-12";
        QTest::newRow("late half, odd") << "\"late_half\"" << 5 << "3-5";
        QTest::newRow("every second") << "\"every_second\"" << 6 << "2,4,6";
        QTest::newRow("a range") << "\"4-12\"" << 12 << "4-12";
        QTest::newRow("spaces") << "\"0, 4 ,8\"" << 12 << "0,4,8";
        QTest::newRow("a list") << "[8, 4, 4]" << 12 << "4,8";
        QTest::newRow("a number") << "6" << 6 << "6";
    }

    void resolves() {
        QFETCH(QString, json);
        QFETCH(int, depth);
        QFETCH(QString, taps);
        const LayerChoice choice = layerChoiceOf(Json::parse(json.toStdString()));
        QCOMPARE(QString::fromStdString(layersText(resolveLayers(choice, depth))), taps);
    }

    void refuses_data() {
        QTest::addColumn<QString>("json");
        for (const char* json :
             {"\"\"", "\"first\"", "\"5-2\"", "[]", "[1.5]", "[-1]", "\"4-\"", "\"99999999999\"", "true", "{}"})
            QTest::newRow(json) << json;
    }

    void refuses() {
        QFETCH(QString, json);
        QVERIFY_EXCEPTION_THROWN(layerChoiceOf(Json::parse(json.toStdString())), Error);
    }

    void refusesLayersThatAreNotThere() { QVERIFY_EXCEPTION_THROWN(resolveLayers({"13"}, 12), Error); }
};

LEVI_TEST(TestLayerChoice)
#include "tst_layer_choice.moc"
