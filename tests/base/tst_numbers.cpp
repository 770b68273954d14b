// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/base/numbers.h"
#include "core/base/read_number.h"
#include "tests/support/test_main.h"

#include <QTest>

class TestNumbers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsSeeds_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        QTest::newRow("one seed alone") << "3"
                                        << "3";
        QTest::newRow("a list") << "0,2"
                                << "0,2";
        QTest::newRow("a range") << "0..5"
                                 << "0..5";
        QTest::newRow("a mix") << "7,0..2,1"
                               << "7,0..2";
        QTest::newRow("the largest, then from 0") << "18446744073709551615,0,1"
                                                  << "18446744073709551615,0,1";
        QTest::newRow("a short range") << "0..1"
                                       << "0,1";
    }

    void readsSeeds() {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        QCOMPARE(QString::fromStdString(levi::seedsText(levi::parseSeeds(text.toStdString()))), expected);
    }

    void refusesOddSeeds_data() {
        QTest::addColumn<QString>("text");
        for (const char* text : {"", "a", "1,", "-1", "5..0", "0..99999", "1.5", "0..", "99999999999999999999"})
            QTest::newRow(*text ? text : "empty") << text;
    }

    void refusesOddSeeds() {
        QFETCH(QString, text);
        QVERIFY_EXCEPTION_THROWN(levi::parseSeeds(text.toStdString()), levi::Error);
    }

    void speaksToPeople_data() {
        QTest::addColumn<QString>("found");
        QTest::addColumn<QString>("expected");
        const auto row = [](const std::string& found, const char* expected) {
            QTest::newRow(expected) << QString::fromStdString(found) << QString::fromUtf8(expected);
        };
        row(levi::countText(5'717'416), "5.72 M");
        row(levi::countText(12), "12");
        row(levi::flopText(2.45e9), "2.45 GFLOP");
        row(levi::bytesText(1536), "1.50 KiB");
        row(levi::durationText(75.2), "1:15");
        row(levi::durationText(3700), "1:01:40");
        row(levi::durationText(-1), "–");
        row(levi::fullPrecision(0.1), "0.1");
    }

    void readsNumbers_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected"); // "": none
        const auto row = [](const char* text, const char* expected) { QTest::newRow(text) << text << expected; };
        row("5", "5");
        row("  -2.5e3", "-2500");
        row("+4", "4");
        for (const char* other : {"", " ", "+", "+-4", "5 ", "5x", "nan", "inf", "-inf", "1e999", "0x10"})
            row(other, "");
    }
    void readsNumbers() {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        const auto number = levi::readNumber(text.toStdString());
        QCOMPARE(number ? QString::fromStdString(levi::fullPrecision(*number)) : QString(), expected);
    }

    void speaksToPeople() {
        QFETCH(QString, found);
        QFETCH(QString, expected);
        QCOMPARE(found, expected);
    }
};

LEVI_TEST(TestNumbers)
#include "tst_numbers.moc"
