// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme.h"
#include "ui/widgets/id_ood_plot.h"

#include <qcustomplot.h>

#include <QApplication>
#include <QTest>
#include <QWheelEvent>

namespace levi::test {

inline IdOodValues twoPoints() {
    return {.quantity = QStringLiteral("accuracy"),
            .unit = QStringLiteral("%"),
            .spreadName = QStringLiteral("95 % t-interval"),
            .points = {{.key = "a",
                        .title = "LEVI <b>",
                        .method = "levi",
                        .id = 93,
                        .ood = 42,
                        .idEnds = Interval{92.5, 93.5},
                        .oodEnds = Interval{40.5, 43.5},
                        .seeds = {{11, 0, 92.8, 41}, {12, 1, 93.2, 43}}},
                       {.key = "b",
                        .title = "Linear probe",
                        .method = "linear_probe",
                        .id = 91,
                        .ood = 33,
                        .idEnds = Interval{90.6, 91.4},
                        .oodEnds = Interval{31.5, 34}, // as a bootstrap interval lies
                        .seeds = {{21, 0, 91, 33}}}}};
}

inline QStringList texts(const QCustomPlot& plot) {
    QStringList found;
    for (int i = 0; i < plot.itemCount(); ++i)
        if (const auto* text = qobject_cast<QCPItemText*>(plot.item(i))) found << text->text();
    return found;
}

// A legend counts the empty places of its last line as well.
inline QList<QCPAbstractLegendItem*> legendItems(const QCustomPlot& plot) {
    QList<QCPAbstractLegendItem*> items;
    for (int i = 0; i < plot.legend->itemCount(); ++i)
        if (auto* item = plot.legend->item(i)) items << item;
    return items;
}

inline QCustomPlot* inside(const PlotFrame& frame) {
    return frame.findChild<QCustomPlot*>();
}

inline void show(PlotFrame& frame) {
    applyTheme(*qApp, Lightness::Light);
    frame.resize(600, 400);
    frame.show();
    QVERIFY(QTest::qWaitForWindowExposed(&frame));
    inside(frame)->replot();
}

inline void wheel(QCustomPlot& plot) {
    QWheelEvent event(QPointF(300, 150), plot.mapToGlobal(QPointF(300, 150)), {}, QPoint(0, 240), Qt::NoButton,
                      Qt::NoModifier, Qt::NoScrollPhase, false);
    QApplication::sendEvent(&plot, &event);
}

} // namespace levi::test
