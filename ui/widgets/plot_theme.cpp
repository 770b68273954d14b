// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/plot_theme.h"

#include "ui/theme.h"

#include <qcustomplot.h>

#include <QGuiApplication>

namespace levi {
namespace {

constexpr int kTickLength = 4;
constexpr int kTickPadding = 4;
constexpr int kLabelPadding = 6;
constexpr double kPrintPoints = 8;

void themeAxis(QCPAxis& axis, const PlotColors& colors, const QFont& font) {
    const QPen line(colors.axis, 1);
    axis.setBasePen(line);
    axis.setTickPen(line);
    axis.setSubTicks(false);
    axis.setTickLength(0, kTickLength);
    axis.setTickLabelPadding(kTickPadding);
    axis.setLabelPadding(kLabelPadding);
    axis.setTickLabelColor(colors.text);
    axis.setLabelColor(colors.text);
    axis.setTickLabelFont(font);
    axis.setLabelFont(font);
    axis.setNumberFormat(QStringLiteral("gb"));
    axis.setNumberPrecision(6);
    axis.grid()->setPen(QPen(colors.grid, 1));
    axis.grid()->setZeroLinePen(QPen(colors.grid, 1));
    axis.grid()->setSubGridVisible(false);
}

} // namespace

PlotColors screenPlotColors() {
    const ThemeColors& theme = themeColors();
    return {.background = theme.panel,
            .text = theme.text,
            .axis = faded(theme.text, theme.panel, 0.45),
            .grid = theme.grid,
            .accent = theme.accent,
            .warning = theme.warning,
            .isDark = theme.isDark};
}

PlotColors printPlotColors() {
    return {.background = Qt::white,
            .text = Qt::black,
            .axis = QColor(0x60, 0x60, 0x60),
            .grid = QColor(0xe4, 0xe4, 0xe4),
            .accent = QColor(0x00, 0x5f, 0xa8),
            .warning = QColor(0xb2, 0x45, 0x00),
            .fontPointSize = kPrintPoints};
}

void applyPlotTheme(QCustomPlot& plot, const PlotColors& colors) {
    QFont font = QGuiApplication::font();
    if (colors.fontPointSize > 0) font.setPointSizeF(colors.fontPointSize);
    plot.setFont(font);
    plot.setBackground(QBrush(colors.background));
    for (QCPAxis* axis : {plot.xAxis, plot.yAxis, plot.xAxis2, plot.yAxis2})
        themeAxis(*axis, colors, font);
    plot.axisRect()->setMinimumMargins(QMargins(8, 10, 12, 8));
    plot.legend->setFont(font);
    plot.legend->setTextColor(colors.text);
    plot.legend->setBrush(colors.background);
    plot.legend->setBorderPen(QPen(colors.grid, 1));
    plot.legend->setIconSize(22, 12);
}

void labelAxis(QCPAxis& axis, const QString& quantity, const QString& unit) {
    axis.setLabel(unit.isEmpty() ? quantity : QStringLiteral("%1 (%2)").arg(quantity, unit));
}

void useWholeTicks(QCPAxis& axis) {
    const QSharedPointer<QCPAxisTickerFixed> ticker(new QCPAxisTickerFixed);
    ticker->setTickStep(1);
    ticker->setScaleStrategy(QCPAxisTickerFixed::ssMultiples);
    axis.setTicker(ticker);
}

QCPScatterStyle scatterStyle(Marker marker, const ScatterLook& look) {
    const auto shape = [marker] {
        switch (marker) {
        case Marker::Circle:
            return QCPScatterStyle::ssCircle;
        case Marker::Square:
            return QCPScatterStyle::ssSquare;
        case Marker::Diamond:
            return QCPScatterStyle::ssDiamond;
        case Marker::TriangleUp:
            return QCPScatterStyle::ssTriangle;
        case Marker::TriangleDown:
            return QCPScatterStyle::ssTriangleInverted;
        case Marker::Cross:
            return QCPScatterStyle::ssCross;
        case Marker::Plus:
            return QCPScatterStyle::ssPlus;
        case Marker::Star:
            return QCPScatterStyle::ssStar;
        }
        return QCPScatterStyle::ssCircle;
    }();
    const bool isLines = marker == Marker::Cross || marker == Marker::Plus || marker == Marker::Star;
    const QPen pen(look.color, isLines && look.isFilled ? 2.2 : 1.4);
    return QCPScatterStyle(shape, pen, look.isFilled ? QBrush(look.color) : QBrush(Qt::NoBrush), look.size);
}

QColor faded(const QColor& color, const QColor& background, double share) {
    const auto mix = [share](int from, int to) { return static_cast<int>(from + (to - from) * share); };
    return QColor(mix(color.red(), background.red()), mix(color.green(), background.green()),
                  mix(color.blue(), background.blue()));
}

} // namespace levi
