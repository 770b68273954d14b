// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/stats/intervals.h"
#include "ui/widgets/method_style.h"

#include <QColor>
#include <QPointF>

#include <optional>
#include <vector>

class QCustomPlot;

namespace levi {

// A marker with the ends of its whiskers along both axes.
struct CloudSpot {
    QPointF at;
    SettingStyle style;
    double size = 8; // pixels across
    QColor halo;     // a rim that keeps markers apart; an invalid one is not drawn
    std::optional<Interval> across, up;
};

// Adds any number of markers to a plot as one plottable, which draws them in their order: to add and to remove
// plottables one by one takes QCustomPlot time that grows with the square of their number.
void drawCloud(QCustomPlot& plot, std::vector<CloudSpot> spots);

} // namespace levi
