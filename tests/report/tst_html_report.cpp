// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/report/html_report.h"
#include "core/report/inline_svg.h"
#include "tests/support/test_main.h"

#include <QRegularExpression>
#include <QTest>
#include <QXmlStreamReader>

namespace {

const std::string kHostile = "<script>alert('x')</script> & \"q\" \xFF\x1b";
constexpr std::string_view kSvg =
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n"
    "<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://www.w3.org/svg11.dtd\">\n"
    "<svg width=\"100mm\" viewBox=\"0 0 10 10\" xmlns=\"http://www.w3.org/2000/svg\">\n"
    "<!-- drawn --><defs><clipPath id='c'><rect width='9' height='9'/></clipPath></defs>\n"
    "<g clip-path=\"url(#c)\"><text x=\"1\">a &lt; b &amp; c</text><use href=\"#c\"/></g>\n"
    "</svg>\n";

levi::HtmlReport fullReport() {
    levi::Table table;
    table.caption = "Accuracy";
    table.columns = {{.title = "method"}, {.title = "ID test", .align = levi::Align::Right}};
    table.rows = {{levi::textCell("LEVI"), levi::missingCell()}};
    levi::HtmlReport report;
    report.title = "PACS";
    report.summary = "6 runs.";
    report.tables = report.runTables = {table};
    report.figures = {{.title = "ID and OOD", .svg = std::string(kSvg), .description = "A point a run"},
                      {.title = "Domains", .svg = std::string(kSvg), .description = ""}};
    report.studies = {{.facts = {.title = "Study: depth", .facts = {{"Seal", "never sealed"}}, .note = {}},
                       .tables = {table},
                       .figures = report.figures},
                      {.facts = {.title = "Study: width", .facts = {}, .note = {}}, .tables = {table}, .figures = {}}};
    report.protocol = {{.title = "Selection", .facts = {{"rule", "id_val"}}, .note = "Test roles are never read."}};
    report.specs = {{.title = "LEVI 8-12", .text = "{\n  \"seed\": 0\n}"}};
    report.environment = {{.title = "Versions", .facts = {{"LibTorch", "2.13"}}, .note = ""}};
    return report;
}

levi::HtmlReport hostileReport() {
    levi::Table table;
    table.caption = kHostile;
    table.columns = {{.title = kHostile}};
    table.rows = {{levi::textCell(kHostile)}};
    levi::HtmlReport report;
    report.title = report.summary = kHostile;
    report.tables = report.runTables = {table};
    report.figures = {{.title = kHostile, .svg = std::string(kSvg), .description = kHostile}};
    report.studies = {{.facts = {.title = kHostile, .facts = {{kHostile, kHostile}}, .note = kHostile},
                       .tables = {table},
                       .figures = report.figures}};
    report.protocol = report.environment = {{.title = kHostile, .facts = {{kHostile, kHostile}}, .note = kHostile}};
    report.specs = {{.title = kHostile, .text = kHostile + "\n" + kHostile}};
    return report;
}

// What is written is XML too, apart from the doctype and the two kinds of elements that HTML leaves open.
QXmlStreamReader asXml(const std::string& html) {
    QString text = QString::fromStdString(html);
    text.remove("<!DOCTYPE html>");
    text.replace(QRegularExpression("(<meta [^>]*)>"), "\\1/>");
    return QXmlStreamReader(text);
}

QStringList elementsOf(const std::string& html, QString* error) {
    QXmlStreamReader reader = asXml(html);
    QStringList elements;
    while (!reader.atEnd())
        if (reader.readNext() == QXmlStreamReader::StartElement) elements += reader.name().toString();
    *error = reader.hasError() ? reader.errorString() : QString();
    return elements;
}

} // namespace

class TestHtmlReport : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void writesEverySection() {
        const QString html = QString::fromStdString(levi::toHtmlDocument(fullReport()));
        for (const char* id : {"study1", "study2", "results", "figures", "runs", "protocol", "specs", "environment"}) {
            QCOMPARE(html.count(QStringLiteral("<section id=\"%1\"").arg(id)), 1);
            QCOMPARE(html.count(QStringLiteral("<a href=\"#%1\">").arg(id)), 1);
        }
        QVERIFY(html.contains("<dt>LibTorch</dt><dd>2.13</dd>"));
        QVERIFY(html.contains("<pre>{\n  &quot;seed&quot;: 0\n}</pre>"));
        for (const int figure : {1, 3}) // of the study, and of all runs
            QVERIFY(html.contains(
                QStringLiteral("<figcaption>Figure %1. ID and OOD. A point a run</figcaption>").arg(figure)));
        QVERIFY(html.contains("<h2>Study: depth</h2>\n<dl>\n<dt>Seal</dt><dd>never sealed</dd>"));
        QVERIFY(html.contains("<h1>PACS</h1>"));
    }

    void leavesEmptySectionsOut() {
        const QString html = QString::fromStdString(levi::toHtmlDocument({.title = "Nothing"}));
        QVERIFY(!html.contains("<section") && !html.contains("<nav"));
    }

    void forbidsScriptsAndTheOutside() {
        for (const auto& report : {fullReport(), hostileReport()}) {
            const QString html = QString::fromStdString(levi::toHtmlDocument(report));
            QVERIFY(html.contains("http-equiv=\"Content-Security-Policy\" content=\"default-src 'none';"));
            QVERIFY(!html.contains("script-src"));
            QVERIFY(!html.contains("<script"));
            QString references = html;
            references.remove("http://www.w3.org/2000/svg"); // a name, nothing is loaded
            QVERIFY(!references.contains("http://") && !references.contains("https://"));
            QVERIFY(!html.contains(QChar(0x1b)));
        }
    }

    void isWellFormed() {
        QString error;
        const QStringList plain = elementsOf(levi::toHtmlDocument(fullReport()), &error);
        QVERIFY2(error.isEmpty(), qPrintable(error));
        QVERIFY(plain.contains("figure") && plain.contains("table"));
        const QStringList hostile = elementsOf(levi::toHtmlDocument(hostileReport()), &error);
        QVERIFY2(error.isEmpty(), qPrintable(error));
        QVERIFY(!hostile.contains("script"));
    }

    void everyIdIsUnique() {
        QXmlStreamReader reader = asXml(levi::toHtmlDocument(fullReport()));
        QStringList ids;
        while (!reader.atEnd())
            if (reader.readNext() == QXmlStreamReader::StartElement && reader.attributes().hasAttribute("id"))
                ids += reader.attributes().value("id").toString();
        QVERIFY(ids.contains("figure1-c") && ids.contains("figure4-c"));
        QCOMPARE(ids.removeDuplicates(), 0);
    }

    void inlinesASvg() {
        const QString svg = QString::fromStdString(levi::inlineSvg(kSvg, {.idPrefix = "f-", .label = "a \"b\""}));
        QVERIFY(svg.startsWith("<svg role=\"img\" aria-label=\"a &quot;b&quot;\" width=\"100mm\""));
        QVERIFY(svg.endsWith("</svg>"));
        QVERIFY(!svg.contains("drawn") && !svg.contains("DOCTYPE") && !svg.contains("<?xml"));
        QVERIFY(svg.contains("<clipPath id=\"f-c\"><rect width=\"9\" height=\"9\"/></clipPath>"));
        QVERIFY(svg.contains("clip-path=\"url(#f-c)\"") && svg.contains("<use href=\"#f-c\"/>"));
        QVERIFY(svg.contains("a &lt; b &amp; c"));
    }

    void refusesASvg_data() {
        QTest::addColumn<QByteArray>("svg");
        const auto row = [](const char* name, const QByteArray& inside) {
            QTest::newRow(name) << QByteArray("<svg>" + inside + "</svg>");
        };
        row("script", "<script>alert(1)</script>");
        row("script in capitals", "<SCRIPT/>");
        row("style sheet", "<style>@import 'x'</style>");
        row("foreign content", "<foreignObject/>");
        row("animation", "<animate/>");
        row("link", "<a href='x'/>");
        row("event handler", "<g onclick='x'/>");
        row("event handler in capitals", "<g OnLoad='x'/>");
        row("outside picture", "<image href='http://example.org/a.png'/>");
        row("outside picture by xlink", "<image xlink:href='//example.org/a.png'/>");
        row("script address", "<use href='javascript:alert(1)'/>");
        row("vector picture", "<image href='data:image/svg+xml;base64,AAAA'/>");
        row("outside paint", "<g fill='url(http://example.org/a)'/>");
        row("outside paint in capitals", "<g style='fill: URL( http://example.org/a)'/>");
        row("hidden paint", "<g style='fill: u\\72l(http://example.org/a)'/>");
        row("hidden by entity", "<use href='&#106;avascript:alert(1)'/>");
        row("entity in style", "<g style='fill:&#117;rl(//x)'/>");
        row("character data", "<![CDATA[<script>]]>");
        row("unquoted", "<g id=a/>");
        row("no value", "<g id/>");
        row("open", "<g>");
        row("crossed", "<g><text></g></text>");
        row("two roots", "</svg><svg>");
        row("text outside", "</svg>a<svg>");
        row("nested deeper than any figure", QByteArray("<g>").repeated(200) + QByteArray("</g>").repeated(200));
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("another root") << QByteArray("<g/>");
        QTest::newRow("text") << QByteArray("hello");
        QTest::newRow("entities") << QByteArray("<!DOCTYPE svg [<!ENTITY a 'b'>]><svg/>");
        QTest::newRow("cut off") << QByteArray("<svg");
        QTest::newRow("cut off value") << QByteArray("<svg a='");
        QTest::newRow("cut off comment") << QByteArray("<!-- <svg/>");
    }

    void refusesASvg() {
        QFETCH(QByteArray, svg);
        QVERIFY_EXCEPTION_THROWN(levi::inlineSvg(svg.toStdString(), {}), levi::Error);
    }
};

LEVI_TEST(TestHtmlReport)
#include "tst_html_report.moc"
