// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/plot_theme.h"

#include "ui/theme.h"

#include <qcustomplot.h>

#include <QGuiApplication>

#include <cmath>

namespace levi {
namespace {

constexpr int kTickLength = 4;
constexpr int kTickPadding = 4;
constexpr int kLabelPadding = 6;
constexpr double kPrintPoints = 8;
constexpr double kHaloPixels = 3;
constexpr double kNoStretch = 0.001;

// QCustomPlot takes paths for a marker of size 6.
QPainterPath pathOfSize6(Marker marker, MarkerFill fill) {
    return QTransform::fromScale(3, 3).map(markerPath(marker, fill));
}

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

// Out of wherever it stands, with what stood there for its sake.
void takeLegend(QCPLayoutGrid& grid, QCPLegend& legend) {
    QCPLayout* holder = legend.layout();
    if (!holder) return;
    holder->take(&legend);
    if (holder != &grid && holder->layout() == &grid) grid.remove(holder);
    grid.simplify();
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
    plot.setAutoAddPlottableToLegend(false);
    plot.legend->setFont(font);
    plot.legend->setTextColor(colors.text);
    plot.legend->setBrush(colors.background);
    plot.legend->setBorderPen(QPen(colors.grid, 1));
    plot.legend->setIconSize(22, 12);
}

void labelAxis(QCPAxis& axis, const QString& quantity, const QString& unit) {
    axis.setLabel(unit.isEmpty() ? quantity : QStringLiteral("%1 (%2)").arg(quantity, unit));
}

QString meanText(double mean, const std::optional<Interval>& ends, int decimals) {
    const auto text = [decimals](double value) { return QString::number(value, 'f', decimals); };
    if (!ends) return text(mean);
    const double below = mean - ends->low, above = ends->high - mean;
    if (std::abs(above - below) <= 1e-9 * (std::abs(mean) + std::abs(above)))
        return text(mean) + QStringLiteral(" ± ") + text(above);
    return QStringLiteral("%1 [%2, %3]").arg(text(mean), text(ends->low), text(ends->high));
}

void useWholeTicks(QCPAxis& axis) {
    const QSharedPointer<QCPAxisTickerFixed> ticker(new QCPAxisTickerFixed);
    ticker->setTickStep(1);
    ticker->setScaleStrategy(QCPAxisTickerFixed::ssMultiples);
    axis.setTicker(ticker);
}

QCPGraph& drawMarkers(QCustomPlot& plot, const QVector<QPointF>& at, const MarkerLook& look) {
    const auto draw = [&](MarkerFill fill, const QColor& color, double size) -> QCPGraph& {
        QCPGraph* graph = plot.addGraph();
        graph->setLineStyle(QCPGraph::lsNone);
        graph->setPen(Qt::NoPen);
        graph->setScatterStyle({pathOfSize6(look.style.marker, fill), Qt::NoPen, color, size});
        for (const QPointF& point : at)
            graph->addData(point.x(), point.y());
        return *graph;
    };
    if (look.halo.isValid()) draw(MarkerFill::Solid, look.halo, look.size + kHaloPixels);
    return draw(look.style.fill, look.style.color, look.size);
}

void placeLegend(QCustomPlot& plot, LegendPlace place) {
    QCPLayoutGrid& grid = *plot.plotLayout();
    QCPLegend& legend = *plot.legend;
    takeLegend(grid, legend);
    legend.setVisible(place != LegendPlace::None);
    if (place == LegendPlace::None) return;
    legend.setBorderPen(Qt::NoPen);
    legend.setRowSpacing(2);
    if (place == LegendPlace::Below) {
        grid.addElement(1, 0, &legend);
        grid.setRowStretchFactor(1, kNoStretch);
        return;
    }
    auto* side = new QCPLayoutGrid; // what stands below the legend lets the axes be as high as they like
    side->addElement(0, 0, &legend);
    side->addElement(1, 0, new QCPLayoutElement(&plot));
    grid.addElement(0, 1, side);
    grid.setColumnStretchFactor(1, kNoStretch);
}

void addToLegend(QCPAbstractPlottable& plottable, const QString& name) {
    QCPLegend& legend = *plottable.parentPlot()->legend;
    plottable.setName(name);
    plottable.addToLegend();
    QCPAbstractLegendItem& item = *legend.itemWithPlottable(&plottable);
    const int height = QFontMetrics(legend.font()).height() + 2;
    item.setMinimumSize(0, height);
    item.setMaximumSize(QWIDGETSIZE_MAX, height);
}

QColor faded(const QColor& color, const QColor& background, double share) {
    const auto mix = [share](int from, int to) { return static_cast<int>(from + (to - from) * share); };
    return QColor(mix(color.red(), background.red()), mix(color.green(), background.green()),
                  mix(color.blue(), background.blue()));
}

} // namespace levi
