// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/report/published_tables.h"
#include "tests/support/test_main.h"

#include <QTest>

using namespace levi;

namespace {

constexpr const char* kPage = "# Results\n"
                              "\n"
                              "<!-- levi table bundle=results/pacs study=\"the main one\" per-run -->\n"
                              "**Accuracy**\n"
                              "\n"
                              "| method | sketch (%) |\n"
                              "| :--- | ---: |\n"
                              "| LEVI | **52.5 ± 2.0** |\n"
                              "| a \\| b | – |\n"
                              "\n"
                              "A note.\n"
                              "<!-- levi end -->\n"
                              "Text between.\n"
                              "| another | table |\n"
                              "|---|---|\n"
                              "```\n"
                              "<!-- levi table bundle=x -->\n"
                              "| in | code |\n"
                              "```\n";

std::string content(const Page& page) {
    std::string text;
    for (std::size_t i = page.tables[0].begin; i < page.tables[0].end; ++i)
        text += page.lines[i] + "\n";
    return text;
}

} // namespace

class TestPublishedTables : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsAPage() {
        const Page page = readPage(kPage, "results.md");
        QCOMPARE(page.tables.size(), std::size_t{1});
        QCOMPARE(page.tables[0].line, 3);
        QCOMPARE(page.tables[0].bundles, std::vector<std::string>{"results/pacs"});
        QCOMPARE(page.tables[0].options, (std::vector<std::string>{"--study=the main one", "--per-run"}));
        QCOMPARE(page.unmarked, std::vector<int>{14});
    }

    void namesSeveralBundles() {
        const Page page = readPage("<!-- levi table bundle=a bundle=b by=name -->\n<!-- levi end -->\n", "p.md");
        QCOMPARE(page.tables[0].bundles, (std::vector<std::string>{"a", "b"}));
        QCOMPARE(page.tables[0].options, std::vector<std::string>{"--by=name"});
    }

    void findsWhatDiffers_data() {
        QTest::addColumn<QString>("found");
        QTest::addColumn<QString>("instead");
        QTest::addColumn<QString>("difference");
        const auto row = [](const char* name, const char* found, const char* instead, const char* difference) {
            QTest::newRow(name) << QString::fromUtf8(found) << QString::fromUtf8(instead)
                                << QString::fromUtf8(difference);
        };
        row("nothing", "no such words", "others", "");
        row("a note", "A note", "Another note", "the page has 'A note");
        row("a note more", "A note", "One more\nA note", "captions and notes, the bundle gives");
        row("blanks alone", "| LEVI |", "|   LEVI|", "");
        row("a figure", "52.5", "52.6",
            "results.md:8: row 'LEVI', column 'sketch (%)': the page has '**52.5 ± 2.0**', the bundle gives '**52.6 ± "
            "2.0**'");
        row("a mark", "**52.5 ± 2.0**", "52.5 ± 2.0", "results.md:8: row 'LEVI', column 'sketch (%)'");
        row("a name", "LEVI", "LP", "results.md:8: row 'LEVI', column 'method'");
        row("a head", "sketch", "art", "results.md:6: row 'method', column 'art (%)'");
        row("an escaped bar", "a \\| b", "a \\| c", "results.md:9: row 'a \\| b', column 'method'");
        row("a dash", "| – |", "| 0.0 |", "results.md:9");
        row("a row more", "| LEVI", "| x | y |\n| LEVI", "results.md:3: the page has 3 rows, the bundle gives 4");
        row("a cell more", "**52.5 ± 2.0** |", "**52.5 ± 2.0** | 7 |", "the page has 2 cells, the bundle gives 3");
    }

    void findsWhatDiffers() {
        QFETCH(QString, found);
        QFETCH(QString, instead);
        QFETCH(QString, difference);
        const Page page = readPage(kPage, "results.md");
        QString again = QString::fromStdString(content(page));
        const PageCheck check = checkPublished(page, page.tables[0], again.replace(found, instead).toStdString());
        if (difference.isEmpty()) {
            QVERIFY(check.differences.empty());
            QCOMPARE(check.cells, 6);
            return;
        }
        QVERIFY(!check.differences.empty());
        const QString first = QString::fromStdString(check.differences[0]);
        QVERIFY2(first.contains(difference), qPrintable(first));
    }

    void writesTablesIntoThePage() {
        const Page page = readPage(kPage, "results.md");
        QCOMPARE(withTables(page, {content(page)}), std::string(kPage));
        const Page changed = readPage(withTables(page, {"| new |\n| --- |\n"}), "results.md");
        QCOMPARE(content(changed), std::string("| new |\n| --- |\n"));
        QCOMPARE(changed.lines.back(), page.lines.back());
        QVERIFY_EXCEPTION_THROWN(withTables(page, {}), Error);
    }

    void refusesOddPages_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("words");
        QTest::newRow("no end") << "x\n<!-- levi table bundle=a -->\n| a |\n"
                                << "p.md:2: the comment";
        QTest::newRow("another before the end")
            << "<!-- levi table bundle=a -->\n<!-- levi table bundle=b -->\n<!-- levi end -->\n"
            << "p.md:1:";
        QTest::newRow("an end alone") << "<!-- levi end -->\n"
                                      << "p.md:1: ends a table";
        QTest::newRow("no bundle") << "<!-- levi table by=name -->\n<!-- levi end -->\n"
                                   << "names no bundle";
        QTest::newRow("an absolute one") << "<!-- levi table bundle=/etc -->\n<!-- levi end -->\n"
                                         << "below the page";
        QTest::newRow("one above") << "<!-- levi table bundle=a/../../b -->\n<!-- levi end -->\n"
                                   << "below the page";
        QTest::newRow("two lines") << "<!-- levi table bundle=a\n-->\n<!-- levi end -->\n"
                                   << "on its own line";
    }

    void refusesOddPages() {
        QFETCH(QString, text);
        QFETCH(QString, words);
        QString error;
        try {
            readPage(text.toStdString(), "p.md");
        } catch (const Error& caught) {
            error = QString::fromUtf8(caught.what());
        }
        QVERIFY2(error.contains(words), qPrintable(error));
    }
};

LEVI_TEST(TestPublishedTables)
#include "tst_published_tables.moc"
