// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"
#include "tests/ui/plot_fixture.h"
#include "ui/widgets/label_placer.h"

#include <QSignalSpy>

using namespace levi;
using namespace levi::test;

namespace {

// Settings that lie so close together that few of their names have room.
IdOodValues crowd(int count) {
    IdOodValues values = twoPoints();
    values.points.clear();
    for (int i = 0; i < count; ++i)
        values.points.push_back({.key = QString::number(i),
                                 .title = QStringLiteral("a setting with a long name, layers %1").arg(i),
                                 .method = "levi",
                                 .variant = i,
                                 .id = 90 + 0.3 * (i % 3),
                                 .ood = 40 + 0.1 * i,
                                 .idEnds = Interval{89.8 + 0.3 * (i % 3), 90.2 + 0.3 * (i % 3)},
                                 .oodEnds = Interval{39.7 + 0.1 * i, 40.3 + 0.1 * i}});
    return values;
}

} // namespace

class TestIdOodPlot : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void picksAndHoversPoints() {
        IdOodPlot plot;
        plot.setValues(twoPoints());
        show(plot);
        const QSignalSpy picked(&plot, &IdOodPlot::picked);
        QTest::mouseClick(inside(plot), Qt::LeftButton, Qt::NoModifier, plot.pixelOf("a").toPoint());
        QCOMPARE(picked.last(), (QVariantList{"a", false}));
        QTest::mouseClick(inside(plot), Qt::LeftButton, Qt::ControlModifier, plot.pixelOf("b").toPoint());
        QCOMPARE(picked.last(), (QVariantList{"b", true}));
        const QString text = plot.hoverTextAt(plot.pixelOf("a"));
        QVERIFY2(text.contains("LEVI &lt;b&gt;") && text.contains("93.0 ± 0.5") && text.contains("n = 2"),
                 qPrintable(text));
        QVERIFY(plot.hoverTextAt(plot.pixelOf("b")).contains("33.0 [31.5, 34.0]"));
        QCOMPARE(plot.hoverTextAt({1, 1}), QString());
    }

    void hoverTellsRunAndSeed() {
        IdOodPlot plot;
        plot.setValues(twoPoints());
        show(plot);
        const QCustomPlot& custom = *inside(plot);
        const QString text = plot.hoverTextAt({custom.xAxis->coordToPixel(93.2), custom.yAxis->coordToPixel(43)});
        QVERIFY2(text.contains("seed 1") && text.contains("run 12") && text.contains("43.0"), qPrintable(text));
    }

    void everyPointIsNamed_data() {
        QTest::addColumn<int>("points");
        QTest::addColumn<QSize>("size");
        QTest::newRow("few") << 2 << QSize(700, 300);
        QTest::newRow("some") << 7 << QSize(700, 220);
        QTest::newRow("many") << 24 << QSize(700, 220);
        QTest::newRow("far too many") << 300 << QSize(700, 300);
        QTest::newRow("narrow") << 7 << QSize(320, 200);
    }
    void everyPointIsNamed() {
        QFETCH(int, points);
        QFETCH(QSize, size);
        IdOodPlot plot;
        plot.setValues(crowd(points));
        show(plot);
        plot.resize(size);
        QTest::qWait(50);
        const QCustomPlot& custom = *inside(plot);
        QCOMPARE(custom.legend->visible(), !plot.keysInLegend().empty());
        const auto named = static_cast<qsizetype>(plot.keysInLegend().size());
        QCOMPARE(legendItems(custom).size(), named + (plot.unnamed() > 0));
        QCOMPARE(texts(custom).size() + named + plot.unnamed(), points);
        QVERIFY(points >= 24 || plot.unnamed() == 0);
        for (const auto* item : legendItems(custom))
            QVERIFY(item->outerRect().height() >= QFontMetrics(custom.legend->font()).height());
        QVERIFY(points < 24 || custom.legend->visible()); // else the row tests nothing
        if (custom.legend->visible()) {
            QVERIFY(custom.viewport().contains(custom.legend->outerRect()));
            QVERIFY(!custom.legend->outerRect().intersects(custom.axisRect()->rect()));
            QVERIFY(custom.axisRect()->outerRect().height() > 0.9 * size.height()); // and not as high as the legend
        }
    }

    void namesHideNoOtherName() {
        IdOodPlot plot;
        IdOodValues values = crowd(7);
        for (IdOodPoint& point : values.points)
            point.title = point.title.right(9);
        plot.setValues(values);
        show(plot);
        QList<QRectF> boxes;
        const QCustomPlot& custom = *inside(plot);
        for (int i = 0; i < custom.itemCount(); ++i) {
            const auto* text = qobject_cast<QCPItemText*>(custom.item(i));
            const QRectF box(text->topLeft->pixelPosition(), text->bottomRight->pixelPosition());
            for (const QRectF& other : boxes)
                QVERIFY(!box.intersects(other));
            boxes << box;
        }
        QVERIFY(boxes.size() > 1);
    }

    void namesAvoidWhereThereIsRoom() {
        const QSizeF size(50, 20);
        const LabelPlacer::Anchor anchor{.at = {150, 150}, .top = 140, .bottom = 160};
        const auto usual = LabelPlacer({0, 0, 300, 300}).place(anchor, size);
        QVERIFY(usual);
        LabelPlacer placer({0, 0, 300, 300});
        placer.avoid(*usual);
        const auto beside = placer.place(anchor, size);
        QVERIFY(beside && !beside->intersects(*usual));
        LabelPlacer full({0, 0, 300, 300});
        full.avoid({0, 0, 300, 300}); // covered all the same: a name says more than one seed
        QCOMPARE(full.place(anchor, size), usual);
        QVERIFY(full.place(anchor, size) != usual); // what has been placed is taken
    }

    void aLegendGoesWhenThereIsRoom() {
        IdOodPlot plot;
        plot.setValues(crowd(24));
        show(plot);
        QVERIFY(inside(plot)->legend->visible());
        plot.setValues(twoPoints());
        inside(plot)->replot();
        QVERIFY(!inside(plot)->legend->visible());
        plot.setValues(crowd(24)); // and on paper
        const QByteArray svg = plot.toSvg({529, 397});
        QVERIFY(!svg.contains("nan"));
        QVERIFY(inside(plot)->legend->visible());
    }
};

LEVI_TEST(TestIdOodPlot)
#include "tst_id_ood_plot.moc"
