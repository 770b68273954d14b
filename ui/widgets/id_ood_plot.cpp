// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/id_ood_plot.h"

#include "ui/widgets/plot_theme.h"

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

namespace levi {
namespace {

constexpr double kReachPixels = 12;
constexpr double kSeedSize = 5, kMeanSize = 10;

QColor colorOf(const IdOodPoint& point, const PlotColors& colors) {
    return methodStyle(point.method.toStdString()).color(colors.isDark);
}

QString numberText(double value, int decimals) {
    return QString::number(value, 'f', decimals);
}

// The span of all values, a little wider; one value alone gets room on both sides.
QCPRange rangeAround(double low, double high) {
    const double width = std::max(high - low, std::max(1e-3, std::abs(high) * 0.02));
    return QCPRange(low - 0.08 * width, high + 0.08 * width);
}

} // namespace

void IdOodPlot::setValues(IdOodValues values) {
    m_values = std::move(values);
    refresh();
}

void IdOodPlot::setSelected(const std::set<QString>& keys) {
    if (keys == m_selected) return;
    m_selected = keys;
    refresh();
}

QString IdOodPlot::figureTitle() const {
    return tr("In-distribution versus out-of-distribution %1").arg(m_values.quantity);
}

bool IdOodPlot::isFaded(const IdOodPoint& point) const {
    return !m_selected.empty() && !m_selected.contains(point.key);
}

void IdOodPlot::drawSeeds(const IdOodPoint& point, const PlotColors& colors) {
    const QColor color = faded(colorOf(point, colors), colors.background, isFaded(point) ? 0.85 : 0.5);
    QCPGraph* seeds = plot().addGraph();
    seeds->setLineStyle(QCPGraph::lsNone);
    seeds->setScatterStyle(scatterStyle(methodStyle(point.method.toStdString()).marker,
                                        {.color = color, .size = kSeedSize, .isFilled = false}));
    for (const auto& seed : point.seeds)
        seeds->addData(seed.id, seed.ood);
}

void IdOodPlot::drawMean(const IdOodPoint& point, const PlotColors& colors) {
    const QColor color = faded(colorOf(point, colors), colors.background, isFaded(point) ? 0.7 : 0);
    QCPGraph* mean = plot().addGraph();
    const auto whisker = [&](std::optional<double> spread, QCPErrorBars::ErrorType direction) {
        if (!spread || *spread <= 0) return;
        auto* bars = new QCPErrorBars(plot().xAxis, plot().yAxis);
        bars->setErrorType(direction);
        bars->setDataPlottable(mean);
        bars->setPen(QPen(color, 1.2));
        bars->setWhiskerWidth(6);
        bars->setSymbolGap(0);
        bars->addData(*spread);
        bars->removeFromLegend();
    };
    mean->addData(point.id, point.ood);
    whisker(point.idSpread, QCPErrorBars::etKeyError);
    whisker(point.oodSpread, QCPErrorBars::etValueError);
    QCPGraph* marker = plot().addGraph(); // drawn after the whiskers
    const bool isChosen = m_selected.contains(point.key);
    marker->setScatterStyle(scatterStyle(methodStyle(point.method.toStdString()).marker,
                                         {.color = color, .size = isChosen ? kMeanSize + 4 : kMeanSize}));
    marker->addData(point.id, point.ood);
}

// Where means and their whiskers are.
std::vector<QRectF> IdOodPlot::occupied() const {
    std::vector<QRectF> boxes;
    const auto box = [&](double left, double right, double bottom, double top, double room) {
        const QPointF a(plot().xAxis->coordToPixel(left), plot().yAxis->coordToPixel(top));
        const QPointF b(plot().xAxis->coordToPixel(right), plot().yAxis->coordToPixel(bottom));
        boxes.push_back(QRectF(a, b).adjusted(-room, -room, room, room));
    };
    for (const IdOodPoint& point : m_values.points) {
        const double across = point.idSpread.value_or(0), up = point.oodSpread.value_or(0);
        box(point.id, point.id, point.ood, point.ood, kMeanSize / 2);
        box(point.id - across, point.id + across, point.ood, point.ood, 1);
        box(point.id, point.id, point.ood - up, point.ood + up, 1);
    }
    return boxes;
}

// Above, below or beside the point; names that find no place are left to the hover.
void IdOodPlot::annotate(const PlotColors& colors) {
    std::vector<const IdOodPoint*> points; // those that are selected get their place first
    for (const bool fadedOnes : {false, true})
        for (const IdOodPoint& point : m_values.points)
            if (isFaded(point) == fadedOnes) points.push_back(&point);
    std::vector<QRectF> taken = occupied();
    const QFontMetricsF metrics(plot().font());
    for (const IdOodPoint* shown : points) {
        const IdOodPoint& point = *shown;
        const QPointF at(plot().xAxis->coordToPixel(point.id), plot().yAxis->coordToPixel(point.ood));
        const QString text = metrics.elidedText(point.title, Qt::ElideRight, 200);
        const QSizeF size(metrics.horizontalAdvance(text) + 4, metrics.height());
        const QRectF frame = plot().axisRect()->rect();
        const double above = plot().yAxis->coordToPixel(point.ood + point.oodSpread.value_or(0)) - at.y();
        const double below = plot().yAxis->coordToPixel(point.ood - point.oodSpread.value_or(0)) - at.y();
        const double wide = size.width(), high = size.height();
        const std::vector<QPointF> places = {at + QPointF(9, -high - 4),
                                             at + QPointF(9, 4),
                                             at + QPointF(-9 - wide, -high - 4),
                                             at + QPointF(-9 - wide, 4),
                                             at + QPointF(-wide / 2, above - high - 3),
                                             at + QPointF(-wide / 2, below + 3),
                                             at + QPointF(9, above - high - 3),
                                             at + QPointF(9, below + 3),
                                             at + QPointF(-9 - wide, above - high - 3),
                                             at + QPointF(-9 - wide, below + 3)};
        for (const QPointF& place : places) {
            const QRectF box(place, size);
            const auto hides = [&box](const QRectF& other) { return box.intersects(other); };
            if (!frame.contains(box) || std::ranges::any_of(taken, hides)) continue;
            taken.push_back(box);
            auto* label = new QCPItemText(&plot());
            label->position->setType(QCPItemPosition::ptAbsolute);
            label->position->setCoords(box.center());
            label->setText(text);
            label->setFont(plot().font());
            label->setColor(isFaded(point) ? faded(colors.text, colors.background, 0.6) : colors.text);
            break;
        }
    }
}

void IdOodPlot::draw(const PlotColors& colors) {
    labelAxis(*plot().xAxis, tr("ID test %1").arg(m_values.quantity), m_values.unit);
    labelAxis(*plot().yAxis, tr("OOD %1").arg(m_values.quantity), m_values.unit);
    for (const IdOodPoint& point : m_values.points)
        drawSeeds(point, colors);
    for (const IdOodPoint& point : m_values.points)
        if (isFaded(point)) drawMean(point, colors);
    for (const IdOodPoint& point : m_values.points)
        if (!isFaded(point)) drawMean(point, colors);
}

void IdOodPlot::fitAxes() {
    double left = HUGE_VAL, right = -HUGE_VAL, bottom = HUGE_VAL, top = -HUGE_VAL;
    const auto include = [&](double id, double ood) {
        left = std::min(left, id), right = std::max(right, id);
        bottom = std::min(bottom, ood), top = std::max(top, ood);
    };
    for (const IdOodPoint& point : m_values.points) {
        include(point.id - point.idSpread.value_or(0), point.ood - point.oodSpread.value_or(0));
        include(point.id + point.idSpread.value_or(0), point.ood + point.oodSpread.value_or(0));
        for (const auto& seed : point.seeds)
            include(seed.id, seed.ood);
    }
    plot().xAxis->setRange(rangeAround(left, right));
    plot().yAxis->setRange(rangeAround(bottom, top));
}

QPointF IdOodPlot::pixelOf(const QString& key) const {
    for (const IdOodPoint& point : m_values.points)
        if (point.key == key) return {plot().xAxis->coordToPixel(point.id), plot().yAxis->coordToPixel(point.ood)};
    return {-1, -1};
}

// The nearest mean within reach, else the nearest seed.
IdOodPlot::Hit IdOodPlot::hitAt(QPointF position) const {
    const auto distance = [&](double id, double ood) {
        return std::hypot(plot().xAxis->coordToPixel(id) - position.x(),
                          plot().yAxis->coordToPixel(ood) - position.y());
    };
    Hit hit;
    double nearest = kReachPixels;
    for (const IdOodPoint& point : m_values.points)
        if (const double away = distance(point.id, point.ood); away < nearest) {
            nearest = away;
            hit = {.point = &point};
        }
    if (hit.point) return hit;
    for (const IdOodPoint& point : m_values.points)
        for (const auto& seed : point.seeds)
            if (const double away = distance(seed.id, seed.ood); away < nearest) {
                nearest = away;
                hit = {.point = &point, .seed = &seed};
            }
    return hit;
}

QString IdOodPlot::hoverTextAt(QPointF position) const {
    const Hit hit = hitAt(position);
    if (!hit.point) return {};
    const auto withSpread = [&](double mean, std::optional<double> spread) {
        const QString text = numberText(mean, m_values.decimals);
        return spread ? QStringLiteral("%1 ± %2").arg(text, numberText(*spread, m_values.decimals)) : text;
    };
    const QString title = hit.point->title.toHtmlEscaped();
    if (hit.seed)
        return tr("<b>%1</b><br>seed %2, run %3<br>ID test %4, OOD %5")
            .arg(title, QString::number(hit.seed->seed), QString::number(hit.seed->run),
                 numberText(hit.seed->id, m_values.decimals), numberText(hit.seed->ood, m_values.decimals));
    return tr("<b>%1</b><br>ID test %2<br>OOD %3<br>n = %4, ± %5")
        .arg(title, withSpread(hit.point->id, hit.point->idSpread), withSpread(hit.point->ood, hit.point->oodSpread),
             QString::number(hit.point->seeds.size()), m_values.spreadName);
}

void IdOodPlot::clickedAt(QPointF position, bool extend) {
    const Hit hit = hitAt(position);
    Q_EMIT picked(hit.point ? hit.point->key : QString(), extend);
}

} // namespace levi
