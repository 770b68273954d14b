// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/report/table.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

#include <QRegularExpression>
#include <QTest>
#include <QXmlStreamReader>

#include <cmath>
#include <limits>

using levi::TableFormat;
Q_DECLARE_METATYPE(levi::TableFormat)

namespace {

const std::string kHostile = "<script>alert('x')</script>|a\nb & \\end{tabular} \"q\", =1+1 \xFF\x1b[2J";

levi::Table smallTable() {
    levi::Table table;
    table.caption = "Accuracy";
    table.notes = {"± is half the interval."};
    table.columns = {{.title = "method"},
                     {.title = "ID test", .align = levi::Align::Right, .unit = "%"},
                     {.title = "NLL", .align = levi::Align::Right, .lowerIsBetter = true}};
    levi::Cell best = levi::numberCell("93.1 ± 0.5", 0.9312345678901234);
    best.details = {{"low", 0.926}, {"n", 6}};
    best.bold = true;
    levi::Cell tied = levi::numberCell("0.412", 0.412);
    tied.tied = true;
    levi::Cell muted = levi::numberCell("9.0", 0.09);
    muted.muted = true;
    table.rows = {{levi::textCell("LEVI"), best, levi::missingCell()},
                  {levi::textCell("漢字"), muted, tied},
                  {levi::textCell("probe"), levi::missingCell(), levi::numberCell("nan", std::nan(""))}};
    return table;
}

levi::Table hostileTable() {
    levi::Table table;
    table.caption = kHostile;
    table.notes = {kHostile};
    table.columns = {{.title = kHostile, .unit = kHostile}, {.title = kHostile}};
    levi::Cell cell = levi::textCell(kHostile);
    cell.bold = cell.tied = true;
    cell.details = {{kHostile, 1}};
    table.rows = {{levi::textCell(kHostile), cell}};
    return table;
}

QString written(const levi::Table& table, TableFormat format) {
    return QString::fromStdString(levi::writeTable(table, format));
}

} // namespace

class TestTable : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void writesCsv() {
        QCOMPARE(written(smallTable(), TableFormat::Csv), QStringLiteral("method,ID test,ID test low,ID test n,NLL\r\n"
                                                                         "LEVI,0.9312345678901234,0.926,6,\r\n"
                                                                         "漢字,0.09,,,0.412\r\n"
                                                                         "probe,,,,\r\n"));
    }

    void writesMarkdown() {
        QCOMPARE(written(smallTable(), TableFormat::Markdown), QStringLiteral("**Accuracy**\n\n"
                                                                              "| method | ID test (%) | NLL ↓ |\n"
                                                                              "| :--- | ---: | ---: |\n"
                                                                              "| LEVI | **93.1 ± 0.5** | – |\n"
                                                                              "| 漢字 | 9.0 | <ins>0.412</ins> |\n"
                                                                              "| probe | – | nan |\n"
                                                                              "\n± is half the interval.\n"));
    }

    void writesLatex() {
        const QString text = written(smallTable(), TableFormat::Latex);
        QVERIFY(text.contains("\\caption{Accuracy. $\\pm$ is half the interval.}"));
        QVERIFY(text.contains(
            "\\begin{tabular}{lrr}\n\\toprule\nmethod & ID test (\\%) & NLL $\\downarrow$ \\\\\n\\midrule\n"
            "LEVI & \\textbf{93.1 $\\pm$ 0.5} & -- \\\\\n"));
        QVERIFY(text.contains("\\underline{0.412} \\\\\n"));
    }

    void writesJson() {
        const auto json = nlohmann::json::parse(levi::toJson(smallTable()));
        QCOMPARE(json.at("rows")[0][1].at("value").get<double>(), 0.9312345678901234);
        QCOMPARE(json.at("rows")[0][1].at("n").get<double>(), 6.0);
        QVERIFY(json.at("rows")[0][1].at("best").get<bool>());
        QVERIFY(json.at("rows")[0][2].at("value").is_null());
        QVERIFY(json.at("rows")[2][2].at("value").is_null()); // NaN is not JSON
        QVERIFY(json.at("rows")[1][2].at("tied").get<bool>());
        QVERIFY(!json.at("rows")[0][0].contains("value"));
        QVERIFY(json.at("columns")[2].at("lower_is_better").get<bool>());
    }

    void writesHtml() {
        const QString text = written(smallTable(), TableFormat::Html);
        QVERIFY(text.contains("<caption>Accuracy <small>± is half the interval.</small></caption>"));
        QVERIFY(text.contains("<th scope=\"col\" class=\"number\">NLL ↓</th>"));
        QVERIFY(text.contains("<th scope=\"row\">LEVI</th><td class=\"number\"><strong>93.1 ± 0.5</strong></td>"));
        QVERIFY(text.contains("<td class=\"number muted\">9.0</td><td class=\"number\"><u>0.412</u></td>"));
    }

    void writesPlainText() {
        QCOMPARE(written(smallTable(), TableFormat::Plain), QStringLiteral("Accuracy\n"
                                                                           "method  ID test (%)   NLL ↓\n"
                                                                           "────────────────────────────\n"
                                                                           "LEVI     93.1 ± 0.5*      –\n"
                                                                           "漢字            9.0   0.412=\n"
                                                                           "probe             –     nan\n"
                                                                           "* best   = not told apart from the best\n"
                                                                           "± is half the interval.\n"));
    }

    void stylesTheTerminal() {
        const std::string text = levi::toPlainText(smallTable(), {.ansi = true});
        QVERIFY(text.find("\x1b[1m93.1 ± 0.5\x1b[0m") != std::string::npos);
        QVERIFY(text.find(" \x1b[4m0.412\x1b[0m\n") != std::string::npos);
        QVERIFY(text.find("* best") == std::string::npos);
    }

    void letsNothingThrough_data() {
        QTest::addColumn<TableFormat>("format");
        QTest::addColumn<QStringList>("forbidden");
        QTest::newRow("csv") << TableFormat::Csv << QStringList{"\nb "};
        QTest::newRow("markdown") << TableFormat::Markdown << QStringList{"<script", "\nb ", "</script>|"};
        QTest::newRow("latex") << TableFormat::Latex << QStringList{"\\end{tabular} \"", " & \\end"};
        QTest::newRow("json") << TableFormat::JsonObject << QStringList{};
        QTest::newRow("html") << TableFormat::Html << QStringList{"<script", "b & "};
        QTest::newRow("plain") << TableFormat::Plain << QStringList{"\nb "};
    }

    void letsNothingThrough() {
        QFETCH(TableFormat, format);
        QFETCH(QStringList, forbidden);
        const std::string text = levi::writeTable(hostileTable(), format);
        QVERIFY(text.find('\x1b') == std::string::npos);
        QVERIFY(text.find('\xFF') == std::string::npos);
        for (const QString& part : forbidden)
            QVERIFY2(!QString::fromStdString(text).contains(part), qPrintable(part));
    }

    void hostileHtmlIsWellFormed() {
        QXmlStreamReader reader(written(hostileTable(), TableFormat::Html));
        QStringList elements;
        while (!reader.atEnd())
            if (reader.readNext() == QXmlStreamReader::StartElement) elements += reader.name().toString();
        QVERIFY2(!reader.hasError(), qPrintable(reader.errorString()));
        QCOMPARE(elements.join(' '), QStringLiteral("table caption small thead tr th th tbody tr th td strong u"));
    }

    void hostileJsonReadsBack() {
        const auto json = nlohmann::json::parse(levi::toJson(hostileTable()));
        QVERIFY(json.at("caption").get<std::string>().starts_with(
            "<script>alert('x')</script>|a b & \\end{tabular} \"q\""));
    }

    void hostileCsvKeepsItsShape() {
        const QString text = written(hostileTable(), TableFormat::Csv);
        QCOMPARE(text.count("\r\n"), 2);
        QCOMPARE(text.count('\n'), 2);
    }

    void hostileMarkdownKeepsItsShape() {
        const QStringList lines = written(hostileTable(), TableFormat::Markdown).split('\n', Qt::SkipEmptyParts);
        QCOMPARE(lines.size(), 5); // caption, head, rule, row, note
        for (int i = 1; i < 4; ++i)
            QCOMPARE(QString(lines[i]).remove("\\|").count('|'), 3);
    }

    void refusesARaggedTable_data() {
        QTest::addColumn<TableFormat>("format");
        for (const char* name : {"plain", "csv", "markdown", "latex", "json", "html"})
            QTest::newRow(name) << levi::tableFormatNamed(name);
    }

    void refusesARaggedTable() {
        QFETCH(TableFormat, format);
        levi::Table table = smallTable();
        table.rows[1].pop_back();
        QVERIFY_EXCEPTION_THROWN(levi::writeTable(table, format), levi::Error);
        QVERIFY_EXCEPTION_THROWN(levi::writeTable(levi::Table{}, format), levi::Error);
    }

    void writesAnEmptyTable_data() { refusesARaggedTable_data(); }

    void writesAnEmptyTable() {
        QFETCH(TableFormat, format);
        levi::Table table;
        table.columns = {{.title = "method"}};
        QVERIFY(QString::fromStdString(levi::writeTable(table, format)).contains("method"));
    }

    void refusesAnUnknownFormat() { QVERIFY_EXCEPTION_THROWN(levi::tableFormatNamed("docx"), levi::Error); }
};

LEVI_TEST(TestTable)
#include "tst_table.moc"
