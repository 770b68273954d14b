// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/separated_rows.h"
#include "tests/data/files.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <fmt/ranges.h>

using namespace levi;

namespace {

// A line each: "2: a|b" is a row, "3! reason" none.
std::string listed(const std::string& bytes) {
    const test::TemporaryFolder folder;
    SeparatedRows rows(folder.write("t", bytes));
    std::string list;
    for (SeparatedRows::Row row; rows.next(row);)
        list += row.problem.empty() ? fmt::format("{}: {}\n", row.line, fmt::join(row.fields, "|"))
                                    : fmt::format("{}! {}\n", row.line, row.problem);
    return list;
}

struct Counts {
    std::size_t rows = 0, bad = 0, lastLine = 0;
    std::string problem; // the first
    std::vector<std::string> notes;
};

Counts counted(const std::string& bytes) {
    const test::TemporaryFolder folder;
    SeparatedRows rows(folder.write("t", bytes));
    Counts counts;
    for (SeparatedRows::Row row; rows.next(row); counts.lastLine = row.line) {
        ++(row.problem.empty() ? counts.rows : counts.bad);
        if (counts.problem.empty()) counts.problem = row.problem;
    }
    counts.notes = rows.notes();
    return counts;
}

std::string repeated(const std::string& line, int count) {
    std::string text;
    for (int i = 0; i < count; ++i)
        text += line;
    return text;
}

} // namespace

class TestSeparatedRows : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void reads_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("list");
        const auto row = [](const char* name, const char* bytes, const char* list) {
            QTest::newRow(name) << QByteArray(bytes) << QByteArray(list);
        };
        row("quotes", "t,y\r\n\"a \"\"b\"\",\r\nc\",1\r\n\r\n5\" wide,\n", "2: a \"b\",\nc|1\n5: 5\" wide|\n");
        row("an empty quoted field", "t,y\n\"\",\"\"\n", "2: |\n");
        row("a stray quote", "t,y\n\"Great film,1\nb,0\nc,1\n",
            "2! a quote does not end before the end of the file\n3: b|0\n4: c|1\n");
        row("two of them", "t,y\n\"Great film,1\nb,0\n\"Bad film,0\nd,1\n",
            "2! goes on behind a closing quote, expected a comma or the end of the line\n3: b|0\n"
            "4! a quote does not end before the end of the file\n5: d|1\n");
        row("one behind the other", "t,y\n\"Great,1\n\"Bad,0\n\"Fair,1\nd,1\n",
            "2! goes on behind a closing quote, expected a comma or the end of the line\n"
            "3! goes on behind a closing quote, expected a comma or the end of the line\n"
            "4! a quote does not end before the end of the file\n5: d|1\n");
        row("text behind a quote", "t,y\n\"Great\" film,1\nb,0\n",
            "2! goes on behind a closing quote, expected a comma or the end of the line\n3: b|0\n");
        row("lines that are too wide", "t,y\n\"a\nb\",1,2\nc,0\n",
            "2! has 3 fields, the head has 2\n3! has 3 fields, the head has 2\n4: c|0\n");
        row("a carriage return", "t,y\na\rb,1\nc,0\n",
            "2! holds a carriage return, expected lines that end with LF or CRLF\n3: c|0\n");
        row("TSV: quotes are characters", "t\ty\n\"Great film\t1\nhe said \"no\"\t0\n\"A\" and \"B\"\t1\nb\t0\n",
            "2: \"Great film|1\n3: he said \"no\"|0\n4: \"A\" and \"B\"|1\n5: b|0\n");
        row("TSV: in the last column", "y\tt\n1\t\"Great film\n0\t\"Bad\n1\tb \"c\"\n0\t\"d\n",
            "2: 1|\"Great film\n3: 0|\"Bad\n4: 1|b \"c\"\n5: 0|\"d\n");
        row("TSV: whole quoted fields", "t\ty\n\"a \"\"b\"\"\"\t1\n\"c\td\"\t0\n\"e\"\t\"\"\n",
            "2: a \"b\"|1\n3: c\td|0\n4: e|\n");
        row("TSV: one of two is whole", "s\tt\n\"Great\t\"nice\"\n", "2: \"Great|nice\n");
        row("TSV: over lines", "t\ty\n\"two\nlines\"\t1\nb\t0\n", "2: two\nlines|1\n4: b|0\n");
        row("TSV: over lines in the last column", "y\tt\n1\t\"two\n\nlines\"\n0\tb\n", "2: 1|two\n\nlines\n5: 0|b\n");
        row("TSV: too few", "t\ty\n\"a\nb\t0\n", "2! has 1 fields, the head has 2\n3: b|0\n");
        row("TSV: a quote in the head", "\"t\ty\na\t1\n", "2: a|1\n");
    }

    void reads() {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, list);
        QCOMPARE(QByteArray::fromStdString(listed(bytes.toStdString())), list);
    }

    // Neither one quote nor many cost more than their own lines.
    void losesNothingToStrayQuotes_data() {
        QTest::addColumn<int>("every");
        for (const int every : {1, 2, 7, 1000, 6000})
            QTest::addRow("every %d", every) << every;
    }

    void losesNothingToStrayQuotes() {
        QFETCH(int, every);
        std::string text = "t,y\n";
        for (int i = 1; i <= 6000; ++i)
            text += fmt::format("{}film {},{}\n", i % every ? "" : "\"", i, i % 2);
        const Counts counts = counted(text);
        QCOMPARE(counts.bad, std::size_t(6000 / every));
        QCOMPARE(counts.rows, std::size_t(6000 - 6000 / every));
        QCOMPARE(counts.lastLine, std::size_t{6001});
    }

    void bounds_data() {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<int>("lines");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("lines") << QByteArray("b,0\n") << 20'000
                               << QByteArray("a quote does not end within 10000 lines");
        QTest::newRow("bytes") << QByteArray(1 << 20, 'x') + ",0\n"
                               << 20 << QByteArray("a quote does not end within 16 MiB");
    }

    void bounds() {
        QFETCH(QByteArray, line);
        QFETCH(int, lines);
        QFETCH(QByteArray, says);
        const Counts counts = counted("t,y\n\"a,1\n" + repeated(line.toStdString(), lines));
        QCOMPARE(QByteArray::fromStdString(counts.problem), says);
        QCOMPARE(counts.bad, std::size_t{1});
        QCOMPARE(counts.rows, std::size_t(lines));
    }

    // By its quotes alone such a row cannot be told from one that a stray quote makes.
    void notesVeryLongRows() {
        const std::string longRow = "\"a\n" + repeated("b,0\n", 150) + "c\",1\n";
        QVERIFY(counted("t,y\n\"a\n" + repeated("b\n", 90) + "c\",1\n").notes.empty());
        const Counts counts = counted("t,y\nx,1\n" + longRow + "y,1\n");
        QCOMPARE(counts.rows, std::size_t{3});
        QCOMPARE(counts.notes.size(), std::size_t{1});
        QVERIFY2(
            counts.notes[0].starts_with("1 rows go over more than 100 lines each, the longest over 152 from line 3"),
            counts.notes[0].c_str());
    }
};

LEVI_TEST(TestSeparatedRows)
#include "tst_separated_rows.moc"
