// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/method_style.h"

#include <QColor>
#include <QString>

class QCPAxis;
class QCPScatterStyle;
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

// For what is counted, such as epochs: no ticks between whole numbers.
void useWholeTicks(QCPAxis& axis);

// A method's marker, filled for ID and finished things, hollow otherwise. size: pixels across.
struct ScatterLook {
    QColor color;
    double size = 8;
    bool isFilled = true;
};
QCPScatterStyle scatterStyle(Marker marker, const ScatterLook& look);

// `color` moved towards the background by `share`, opaque: what is there but not the point.
QColor faded(const QColor& color, const QColor& background, double share);

} // namespace levi
