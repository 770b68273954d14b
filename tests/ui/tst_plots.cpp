// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"
#include "tests/ui/plot_fixture.h"
#include "ui/widgets/difference_plot.h"
#include "ui/widgets/domain_plot.h"
#include "ui/widgets/loss_plot.h"
#include "ui/widgets/metric_plot.h"

#include "core/report/inline_svg.h"

#include <QFile>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QXmlStreamReader>

using namespace levi;
using namespace levi::test;

namespace {

DomainValues twoDomains() {
    return {
        .quantity = QStringLiteral("accuracy"),
        .unit = QStringLiteral("%"),
        .series = {{"a", "LEVI", "levi"}, {"b", "Linear probe", "linear_probe"}},
        .domains = {{"ID test",
                     false,
                     {DomainValues::Bar{93, Interval{92.5, 93.5}, 6}, DomainValues::Bar{91, Interval{90.6, 91.4}, 6}}},
                    {"sketch", true, {DomainValues::Bar{36, Interval{33, 38}, 6}, std::nullopt}}}};
}

DifferenceValues manyDifferences(int rows) {
    DifferenceValues values{.quantity = "accuracy", .unit = "percentage points", .baseline = "LEVI", .rows = {}};
    for (int i = 0; i < rows; ++i)
        values.rows.push_back({.key = QString::number(i / 3),
                               .title = QStringLiteral("setting %1").arg(i / 3),
                               .method = "levi",
                               .role = QStringLiteral("role %1").arg(i % 3),
                               .variant = i / 3,
                               .isOod = i % 3 > 0,
                               .mean = -1.0 * i,
                               .low = -1.0 * i - 1,
                               .high = -1.0 * i + 1,
                               .p = "p = 0.031"});
    return values;
}

} // namespace

class TestPlots : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void settingsOfAMethodDiffer() {
        DomainPlot bars;
        DomainValues values = twoDomains();
        values.series = {{"a", "LEVI", "levi", 0}, {"b", "LEVI, layers 8-12", "levi", 1}};
        const QImage differing = [&] {
            bars.setValues(values);
            return bars.toImage({400, 250}, 1);
        }();
        values.series[1].variant = 0;
        bars.setValues(values);
        QVERIFY(bars.toImage({400, 250}, 1) != differing);
        IdOodPlot points;
        IdOodValues two = twoPoints();
        two.points[1].method = "levi";
        points.setValues(two);
        const QImage same = points.toImage({400, 300}, 1);
        two.points[1].variant = 1;
        points.setValues(two);
        QVERIFY(points.toImage({400, 300}, 1) != same);
    }

    void zoomsAndComesBack() {
        IdOodPlot plot;
        plot.setValues(twoPoints());
        show(plot);
        QCustomPlot& custom = *inside(plot);
        const QCPRange all = custom.xAxis->range();
        wheel(custom);
        QVERIFY(custom.xAxis->range().size() < all.size());
        const QCPRange zoomed = custom.xAxis->range();
        plot.setValues(twoPoints()); // new values leave the view of the user alone
        QCOMPARE(custom.xAxis->range(), zoomed);
        QTest::mouseDClick(&custom, Qt::LeftButton, Qt::NoModifier, QPoint(300, 150));
        QCOMPARE(custom.xAxis->range(), all);
    }

    void picksBars() {
        DomainPlot plot;
        plot.setValues(twoDomains());
        show(plot);
        const QSignalSpy picked(&plot, &DomainPlot::picked);
        QTest::mouseClick(inside(plot), Qt::LeftButton, Qt::NoModifier, plot.pixelOf(1, 0).toPoint());
        QCOMPARE(picked.last(), (QVariantList{"a", false}));
        QVERIFY(plot.hoverTextAt(plot.pixelOf(1, 1)).contains("not measured"));
        QVERIFY(plot.hoverTextAt(plot.pixelOf(0, 1)).contains("91.0 ± 0.4"));
        QVERIFY(plot.hoverTextAt(plot.pixelOf(1, 0)).contains("36.0 [33.0, 38.0]"));
    }

    void showsDifferencesWithTheirVerdict() {
        DifferencePlot plot;
        plot.setValues({.quantity = "accuracy",
                        .unit = "percentage points",
                        .baseline = "LEVI",
                        .rows = {{.key = "b",
                                  .title = "Linear probe",
                                  .method = "linear_probe",
                                  .role = "sketch",
                                  .isOod = true,
                                  .mean = -11.9,
                                  .low = -14.0,
                                  .high = -9.8,
                                  .p = "p = 0.031",
                                  .verdict = "LEVI is better (p = 0.031, n = 6)"}}});
        show(plot);
        const QCustomPlot& custom = *inside(plot);
        const QString text = plot.hoverTextAt({custom.xAxis->coordToPixel(-11.9), custom.yAxis->coordToPixel(0)});
        QVERIFY2(text.contains("-14.0 to -9.8") && text.contains("LEVI is better (p = 0.031"), qPrintable(text));
        QVERIFY(custom.xAxis->range().contains(0));
    }

    void differencesKeepTheirAxisInSight() {
        DifferencePlot plot;
        plot.setValues(manyDifferences(60));
        show(plot);
        QTest::qWait(50);
        QCustomPlot& custom = *inside(plot);
        QCOMPARE(plot.minimumSizeHint().height(), 140); // nothing below the fold
        QVERIFY(custom.viewport().contains(custom.axisRect()->outerRect()));
        QVERIFY(texts(custom).size() >= 15 && texts(custom).size() < 60);
        auto* bar = plot.findChild<QScrollBar*>();
        QVERIFY(bar->isVisible());
        QCOMPARE(bar->maximum() + bar->pageStep(), 60);
        QWheelEvent event(QPointF(300, 150), custom.mapToGlobal(QPointF(300, 150)), {}, QPoint(0, -1200), Qt::NoButton,
                          Qt::NoModifier, Qt::NoScrollPhase, false);
        QApplication::sendEvent(&custom, &event);
        QVERIFY(bar->value() > 0);
        QVERIFY(!custom.yAxis->range().contains(0)); // the first row
        bar->setValue(bar->maximum());
        QVERIFY(custom.yAxis->range().contains(-59));
        plot.toImage(plot.figureSize(529), 1); // on paper all of them
        QVERIFY(custom.yAxis->range().contains(-59));
        plot.setValues(manyDifferences(3));
        QTRY_VERIFY(!bar->isVisible());
    }

    void theLegendOfDomainsIsInSight() {
        DomainPlot plot;
        DomainValues values = twoDomains();
        values.series[0].title = QStringLiteral("a name so long that two stand in a line (gypq)");
        values.series.push_back(values.series[0]);
        for (auto& domain : values.domains)
            domain.bars.push_back(domain.bars[0]);
        plot.setValues(values);
        show(plot);
        QTest::qWait(50);
        const QCustomPlot& custom = *inside(plot);
        QCOMPARE(legendItems(custom).size(), 3);
        QVERIFY(custom.viewport().contains(custom.legend->outerRect()));
        for (const auto* item : legendItems(custom)) {
            QVERIFY(item->outerRect().height() >= QFontMetrics(custom.legend->font()).height());
            QVERIFY(custom.legend->outerRect().contains(item->outerRect()));
        }
    }

    void curvesNameTheirLines() {
        MetricPlot plot;
        MetricValues values{.runTitle = "LEVI",
                            .method = "levi",
                            .quantity = "accuracy",
                            .unit = "%",
                            .lines = {{.title = "ID validation", .isSelection = true, .points = {{1, 60}, {2, 80}}},
                                      {.title = "sketch", .isOod = true, .points = {{1, 20}, {2, 30}}}},
                            .pickedEpoch = 2};
        plot.setValues(values);
        show(plot);
        const QCustomPlot& custom = *inside(plot);
        QStringList names;
        for (int i = 0; i < custom.itemCount(); ++i)
            if (const auto* text = qobject_cast<QCPItemText*>(custom.item(i))) names << text->text();
        QCOMPARE(names, QStringList({"ID validation", "sketch", "picked: epoch 2"}));
        QCOMPARE(custom.graph(0)->pen().style(), Qt::SolidLine);
        QCOMPARE(custom.graph(1)->pen().style(), Qt::DashLine);
        const QString text = plot.hoverTextAt({custom.xAxis->coordToPixel(2), custom.yAxis->coordToPixel(30)});
        QVERIFY2(text.contains("sketch: 30.0") && text.contains("ID validation: 80.0"), qPrintable(text));
    }

    void domainsAreNamedInFullOnceThereIsRoom() {
        QTabWidget tabs;
        auto* plot = new DomainPlot;
        DomainValues values = twoDomains();
        values.domains[1].title = "cue_reversed";
        tabs.addTab(new QWidget, "front");
        tabs.addTab(plot, "domains");
        tabs.resize(700, 400);
        tabs.show();
        plot->setValues(values); // drawn while another tab is in front
        tabs.setCurrentIndex(1);
        QTRY_VERIFY(inside(*plot)->xAxis->tickVectorLabels().contains(QStringLiteral("cue_reversed\nOOD")));
    }

    void derivedRunsHaveOnePoint() {
        MetricPlot plot;
        plot.setValues({.lines = {{.title = "ID validation", .points = {{0, 60}}}}, .pickedEpoch = 0});
        show(plot);
        const QCPRange range = inside(plot)->xAxis->range();
        QVERIFY2(range.lower < 0 && range.upper > 0, "the point is cut at the axis");
    }

    void lossesOfShortEpochsHaveNoRunningMean_data() {
        QTest::addColumn<int>("stepsPerEpoch");
        QTest::addColumn<int>("epochs");
        QTest::addColumn<bool>("hasMean");
        QTest::newRow("2 steps an epoch") << 2 << 50 << false;
        QTest::newRow("19 steps an epoch") << 19 << 10 << false;
        QTest::newRow("20 steps an epoch") << 20 << 10 << true;
        QTest::newRow("long epochs") << 400 << 3 << true;
    }
    void lossesOfShortEpochsHaveNoRunningMean() {
        QFETCH(int, stepsPerEpoch);
        QFETCH(int, epochs);
        QFETCH(bool, hasMean);
        LossValues values;
        for (int step = 1; step <= stepsPerEpoch * epochs; ++step)
            values.steps.push_back({step, static_cast<double>(step) / stepsPerEpoch, 1.0 / step});
        for (int epoch = 1; epoch <= epochs; ++epoch)
            values.epochs.push_back({static_cast<double>(epoch), 1.0 / epoch});
        LossPlot plot;
        plot.setValues(values);
        show(plot);
        const QCustomPlot& custom = *inside(plot);
        QCOMPARE(custom.graphCount(), hasMean ? 3 : 2);
        const QCPGraph& means = *custom.graph(custom.graphCount() - 1);
        QCOMPARE(means.dataCount(), epochs);
        QCOMPARE(means.pen().style() == Qt::NoPen, hasMean); // joined where nothing else shows the course
        if (hasMean) QCOMPARE(custom.graph(1)->dataCount(), stepsPerEpoch * epochs);
    }

    void losesNoSleepOverNaN() {
        LossPlot plot;
        show(plot);
        QVERIFY(plot.isEmpty());
        plot.setValues({.steps = {{1, 0.1, 2.0}, {2, 0.2, std::nan("")}, {3, 0.3, 1.5}}});
        QVERIFY(!plot.isEmpty());
        QCOMPARE(inside(plot)->graph(0)->dataCount(), 2);
        plot.setValues({});
        QVERIFY(plot.isEmpty());
    }

    void exportsSvgWithTextAsPaths() {
        applyTheme(*qApp, Lightness::Dark);
        IdOodPlot plot; // never shown: as in a report
        plot.setValues(twoPoints());
        const QByteArray svg = plot.toSvg({529, 397});
        QVERIFY(svg.startsWith("<svg"));
        QVERIFY(!svg.contains("<text"));
        QVERIFY(!svg.contains("NaN") && !svg.contains("nan"));
        QVERIFY(svg.count("<path") > 8);
        QVERIFY(svg.contains("viewBox=\"0 0 529 397\""));
        const std::string element = inlineSvg(svg.toStdString(), {.idPrefix = "f1", .label = "a figure"});
        QVERIFY(!element.empty());
        applyTheme(*qApp, Lightness::Light);
    }

    // A figure's title holds names that anybody may have given.
    void exportsAnyName_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"taps < 8", "A & B", "<script>alert(1)</script>&\"'", "]]>"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }
    void exportsAnyName() {
        QFETCH(QString, name);
        DifferencePlot plot;
        DifferenceValues values = manyDifferences(2);
        values.baseline = name;
        plot.setValues(values);
        const QByteArray svg = plot.toSvg({529, 397});
        QString title;
        QXmlStreamReader reader(svg);
        while (!reader.atEnd())
            if (reader.readNext() == QXmlStreamReader::StartElement && reader.name() == u"title")
                title = reader.readElementText();
        QVERIFY2(!reader.hasError() && title.contains(name), qPrintable(reader.errorString() + title));
        QVERIFY(!inlineSvg(svg.toStdString(), {.idPrefix = "f1", .label = "a figure"}).empty());
    }

    void exportsPdfWithTextAsText() {
        const QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("figure.pdf"));
        DomainPlot plot;
        plot.setValues(twoDomains());
        plot.writePdf(file, {529, 330});
        QFile pdf(file);
        QVERIFY(pdf.open(QIODevice::ReadOnly));
        const QByteArray content = pdf.readAll();
        QVERIFY(content.startsWith("%PDF"));
        QVERIFY(content.contains("/Font"));
        QVERIFY(content.contains("/MediaBox [0 0 39")); // 529 pixels at 96 an inch are 397 points
        QVERIFY_THROWS_EXCEPTION(std::exception, plot.writePdf(QStringLiteral("/nowhere/f.pdf"), {100, 100}));
    }

    void exportsWhiteAtTheAskedSize() {
        applyTheme(*qApp, Lightness::Dark);
        DomainPlot plot;
        plot.setValues(twoDomains());
        const QImage image = plot.toImage({400, 250}, 3);
        QCOMPARE(image.size(), QSize(1200, 750));
        QCOMPARE(image.pixelColor(0, 0), QColor(Qt::white));
        applyTheme(*qApp, Lightness::Light);
    }
};

LEVI_TEST(TestPlots)
#include "tst_plots.moc"
