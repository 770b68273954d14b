// SPDX-License-Identifier: Apache-2.0
#include "core/base/csv.h"
#include "core/base/error.h"
#include "tests/support/test_main.h"

#include <QTest>

using levi::CsvTable;

class TestCsv : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsQuotesAndLineEnds() {
        const CsvTable table("a,b\r\n1,\"x, \"\"y\"\"\nz\"\n\n,\n", "t");
        QCOMPARE(table.head(), (std::vector<std::string>{"a", "b"}));
        QCOMPARE(table.rows().size(), std::size_t{2});
        QCOMPARE(table.rows()[0][1], std::string("x, \"y\"\nz"));
        QCOMPARE(table.rows()[1], (std::vector<std::string>{"", ""}));
        QCOMPARE(table.column("b"), std::size_t{1});
        QCOMPARE(CsvTable("a\n1", "t").rows()[0][0], std::string("1")); // without a last line end
    }

    void readsTabsAndSaysWhereRowsBegin() {
        const std::string text = "\xEF\xBB\xBFid\ty\na,b\t\"1\n2\"\n\nc\t3\n";
        QCOMPARE(levi::separatorOf(text), '\t');
        QCOMPARE(levi::separatorOf("a,b\tc\n"), ',');
        const CsvTable table(text, "t", {.separator = '\t'});
        QCOMPARE(table.head(), (std::vector<std::string>{"id", "y"}));
        QCOMPARE(table.rows()[0], (std::vector<std::string>{"a,b", "1\n2"}));
        QCOMPARE(table.line(0), std::size_t{2});
        QCOMPARE(table.line(1), std::size_t{5});
    }

    void keepsOddRowsWhereAsked() {
        const CsvTable table("a,b\n1\n1,2\n", "t", {.keepsOddRows = true});
        QCOMPARE(table.rows().size(), std::size_t{2});
        QCOMPARE(table.rows()[0].size(), std::size_t{1});
    }

    void refuses_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("a short row") << QByteArray("a,b\n1\n");
        QTest::newRow("a long row") << QByteArray("a\n1,2\n");
        QTest::newRow("an open quote") << QByteArray("a\n\"1\n");
        QTest::newRow("text behind a quote") << QByteArray("a\n\"1\"2\n");
    }

    void refuses() {
        QFETCH(QByteArray, text);
        QVERIFY_EXCEPTION_THROWN(CsvTable(text.toStdString(), "t"), levi::Error);
        QVERIFY_EXCEPTION_THROWN(CsvTable("a\n", "t").column("b"), levi::Error);
    }

    void refusesToChooseBetweenEqualColumns() {
        const CsvTable table("a,b,a\n1,2,3\n", "t");
        QCOMPARE(table.column("b"), std::size_t{1});
        QVERIFY_EXCEPTION_THROWN(table.column("a"), levi::Error);
    }
};

LEVI_TEST(TestCsv)
#include "tst_csv.moc"
