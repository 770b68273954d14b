// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/base/name_pattern.h"
#include "tests/support/test_main.h"

#include <QElapsedTimer>
#include <QTest>

#include <string>

using namespace levi;

class TestNamePattern : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void matchesWholeNames_data() {
        QTest::addColumn<QByteArray>("pattern");
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<bool>("matches");
        const auto row = [](const char* pattern, const char* name, bool matches) {
            QTest::addRow("%s on %s", pattern, name) << QByteArray(pattern) << QByteArray(name) << matches;
        };
        row("query", "query", true);
        row("query", "a.query", false);
        row("quer", "query", false);
        row(".*\\.query", "encoder.layer.0.attention.query", true);
        row(".*\\.query", "encoderXquery", false);
        row(".*layer\\.(1[01]|9)\\..*(query|value)", "encoder.layer.11.attention.value", true);
        row(".*layer\\.(1[01]|9)\\..*(query|value)", "encoder.layer.1.attention.value", false);
        row("(?:a|b)+c?", "abba", true);
        row("(?:a|b)+c?", "c", false);
        row("a{2}", "aa", true);
        row("a{2}", "aaa", false);
        row("a{2,}", "aaaaa", true);
        row("a{2,3}b", "aab", true);
        row("a{2,3}b", "aaaab", false);
        row("a*?b", "aaab", true);
        row("^blocks\\.\\d+$", "blocks.12", true);
        row("blocks\\.\\d+", "blocks.x", false);
        row("[^.]+\\.[a-c_]", "x.b", true);
        row("[^.]+\\.[a-c_]", "x.y.b", false);
        row("[]x]", "]", true);
        row("\\w+", "a_9", true);
        row("a|", "", true);
        row("", "", true);
        row("", "a", false);
    }

    void matchesWholeNames() {
        QFETCH(QByteArray, pattern);
        QFETCH(QByteArray, name);
        QFETCH(bool, matches);
        QCOMPARE(NamePattern(pattern.toStdString()).matches(name.toStdString()), matches);
    }

    void refusesWhatItDoesNotKnow_data() {
        QTest::addColumn<QByteArray>("pattern");
        for (const char* pattern : {"(a", "a)", "*a", "a**", "[a", "a\\", "(?=a)", "(?P<x>a)", "\\1", "a{3,2}", "a{,2}",
                                    "a{2", "[z-a]", "a$b", "a{5000}"})
            QTest::newRow(pattern) << QByteArray(pattern);
        QTest::newRow("too long") << QByteArray(5000, 'a');
        QTest::newRow("too deep") << QByteArray(200, '(') + QByteArray(200, ')');
        QTest::newRow("too many steps") << QByteArray("((a{1000}){1000}){1000}");
        QTest::newRow("many times nothing") << QByteArray("(((((){1000}){1000}){1000}){1000}){1000}");
    }

    void refusesWhatItDoesNotKnow() {
        QFETCH(QByteArray, pattern);
        QVERIFY_THROWS_EXCEPTION(Error, NamePattern(pattern.toStdString()));
    }

    // Backtracking would need longer than the universe has.
    void takesNoLongerForHostilePatterns() {
        QElapsedTimer clock;
        clock.start();
        for (const char* pattern : {"(a*)*b", "(a|a)*b", "(a?){500}a{500}b", "(.*a){20}b"})
            QVERIFY(!NamePattern(pattern).matches(std::string(500, 'a')));
        QVERIFY(clock.elapsed() < 5000);
    }
};

LEVI_TEST(TestNamePattern)
#include "tst_name_pattern.moc"
