// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/intervals.h"
#include "ui/widgets/method_style.h"

#include <QColor>
#include <QPointF>
#include <QString>
#include <QVector>

#include <optional>

class QCPAbstractPlottable;
class QCPAxis;
class QCPGraph;
class QCustomPlot;

namespace levi {

// All that a plot takes from its surroundings: the window's theme on screen, black on white in print.
struct PlotColors {
    QColor background, text, axis, grid, accent;
    QColor warning;           // where something has to be noticed
    double fontPointSize = 0; // 0: the application's
    bool isDark = false;
};
PlotColors screenPlotColors();
PlotColors printPlotColors();

// The one function that gives a plot its looks: grid, axes, ticks at round numbers, fonts. Call it before drawing.
void applyPlotTheme(QCustomPlot& plot, const PlotColors& colors);

// Quantity and unit: "ID test accuracy (%)".
void labelAxis(QCPAxis& axis, const QString& quantity, const QString& unit = {});

// "54.3 ± 1.2", or "54.3 [53.0, 55.4]" where the ends are not equally far from the mean.
QString meanText(double mean, const std::optional<Interval>& ends, int decimals);

// For what is counted, such as epochs: no ticks between whole numbers.
void useWholeTicks(QCPAxis& axis);

// Markers of a setting at some points, on top of what is there. size: pixels across. halo: a rim of this colour keeps
// them apart from lines and other markers; an invalid one draws none. The graph carries the name for a legend.
struct MarkerLook {
    SettingStyle style;
    double size = 8;
    QColor halo;
};
QCPGraph& drawMarkers(QCustomPlot& plot, const QVector<QPointF>& at, const MarkerLook& look);

// Where the legend stands: in the plot's layout, never over its axes. Lines are as high as their text.
enum class LegendPlace { None, Right, Below };
void placeLegend(QCustomPlot& plot, LegendPlace place);
void addToLegend(QCPAbstractPlottable& plottable, const QString& name);

// `color` moved towards the background by `share`, opaque: what is there but not the point.
QColor faded(const QColor& color, const QColor& background, double share);

} // namespace levi
