// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/id_ood_plot.h"

#include "ui/widgets/plot_cloud.h"
#include "ui/widgets/plot_theme.h"

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace levi {
namespace {

constexpr double kReachPixels = 12;
constexpr double kSeedSize = 5, kMeanSize = 11, kChosenSize = 14;
constexpr double kNamePixels = 200, kMostLegendPixels = 240;
constexpr std::size_t kMostNames = 60;   // that are looked at for a place
constexpr double kLegendShare = 0.45;    // of the width, at most
constexpr double kLegendIconPixels = 46; // with its gaps

QString numberText(double value, int decimals) {
    return QString::number(value, 'f', decimals);
}

// The span of all values, a little wider; one value alone gets room on both sides. Intervals of few seeds reach beyond
// what a share can be: there they are cut.
QCPRange rangeAround(double low, double high, bool isShare) {
    const double width = std::max(high - low, std::max(1e-3, std::abs(high) * 0.02));
    const QCPRange range(low - 0.08 * width, high + 0.08 * width);
    return isShare ? range.bounded(-4, 104) : range;
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

void IdOodPlot::addSeeds(const IdOodPoint& point, const PlotColors& colors, std::vector<CloudSpot>& spots) const {
    SettingStyle style = settingStyle(point.method, point.variant, colors.isDark);
    style.color = faded(style.color, colors.background, isFaded(point) ? 0.85 : 0.5);
    style.fill = MarkerFill::Solid; // too small for another one
    for (const auto& seed : point.seeds)
        spots.push_back({.at = {seed.id, seed.ood}, .style = style, .size = kSeedSize});
}

CloudSpot IdOodPlot::meanOf(const IdOodPoint& point, const PlotColors& colors) const {
    SettingStyle style = settingStyle(point.method, point.variant, colors.isDark);
    style.color = faded(style.color, colors.background, isFaded(point) ? 0.7 : 0);
    return {.at = {point.id, point.ood},
            .style = style,
            .size = m_selected.contains(point.key) ? kChosenSize : kMeanSize,
            .halo = colors.background,
            .across = point.idEnds,
            .up = point.oodEnds};
}

void IdOodPlot::addLegendEntry(const IdOodPoint& point, const PlotColors& colors) {
    const CloudSpot spot = meanOf(point, colors);
    QCPGraph& icon = drawMarkers(plot(), {}, {.style = spot.style, .size = spot.size});
    addToLegend(icon, QFontMetricsF(plot().font()).elidedText(point.title, Qt::ElideMiddle, legendNamePixels()));
}

LabelPlacer IdOodPlot::placer() const {
    LabelPlacer placer(plot().axisRect()->rect());
    const auto take = [&](const Interval& across, const Interval& up, double room) {
        const QPointF a(plot().xAxis->coordToPixel(across.low), plot().yAxis->coordToPixel(up.high));
        const QPointF b(plot().xAxis->coordToPixel(across.high), plot().yAxis->coordToPixel(up.low));
        placer.take(QRectF(a, b).adjusted(-room, -room, room, room));
    };
    for (const IdOodPoint& point : m_values.points) {
        const Interval id{point.id, point.id}, ood{point.ood, point.ood};
        take(id, ood, kMeanSize / 2);
        take(point.idEnds.value_or(id), ood, 1);
        take(id, point.oodEnds.value_or(ood), 1);
        for (const auto& seed : point.seeds)
            placer.avoid(QRectF(plot().xAxis->coordToPixel(seed.id) - kSeedSize / 2,
                                plot().yAxis->coordToPixel(seed.ood) - kSeedSize / 2, kSeedSize, kSeedSize));
    }
    return placer;
}

// Those that are selected get their place first.
std::vector<const IdOodPoint*> IdOodPlot::byImportance() const {
    std::vector<const IdOodPoint*> points;
    for (const bool fadedOnes : {false, true})
        for (const IdOodPoint& point : m_values.points)
            if (isFaded(point) == fadedOnes) points.push_back(&point);
    return points;
}

// False where its name finds no place.
bool IdOodPlot::annotateOne(const IdOodPoint& point, LabelPlacer& placer, const PlotColors& colors) {
    const QFontMetricsF metrics(plot().font());
    const QString text = metrics.elidedText(point.title, Qt::ElideMiddle, kNamePixels);
    const QPointF at(plot().xAxis->coordToPixel(point.id), plot().yAxis->coordToPixel(point.ood));
    const Interval ends = point.oodEnds.value_or(Interval{point.ood, point.ood});
    const auto box = placer.place(
        {.at = at, .top = plot().yAxis->coordToPixel(ends.high), .bottom = plot().yAxis->coordToPixel(ends.low)},
        {metrics.horizontalAdvance(text) + 4, metrics.height()});
    if (!box) return false;
    auto* label = new QCPItemText(&plot());
    label->position->setType(QCPItemPosition::ptAbsolute);
    label->position->setCoords(box->center());
    label->setText(text);
    label->setFont(plot().font());
    label->setColor(isFaded(point) ? faded(colors.text, colors.background, 0.6) : colors.text);
    return true;
}

// Names that find no place beside their points stand in the legend, as many as it holds; those that are left are told
// when the mouse is over them. What lies outside the axes needs none.
void IdOodPlot::annotate(const PlotColors& colors) {
    LabelPlacer placer = this->placer();
    std::size_t tried = 0;
    int unnamed = 0;
    for (const IdOodPoint* point : byImportance()) {
        const bool isInSight = plot().xAxis->range().contains(point->id) && plot().yAxis->range().contains(point->ood);
        if (!isInSight || m_inLegend.contains(point->key)) continue;
        if (++tried <= kMostNames && annotateOne(*point, placer, colors)) continue;
        if (m_inLegend.size() < legendRoom()) {
            m_inLegend.insert(point->key);
            composeAgain();
        } else {
            ++unnamed;
        }
    }
    if (std::exchange(m_unnamed, unnamed) != unnamed) composeAgain();
}

double IdOodPlot::legendNamePixels() const {
    return std::min(kMostLegendPixels, kLegendShare * plot().viewport().width() - kLegendIconPixels);
}

int IdOodPlot::legendLines() const {
    const int line = QFontMetrics(plot().font()).height() + 5;
    return std::max(1, (plot().viewport().height() - 2 * line) / line);
}

int IdOodPlot::mostLegendColumns() const {
    const double share = kLegendShare * plot().viewport().width();
    return std::max(1, static_cast<int>(share / (legendNamePixels() + kLegendIconPixels)));
}

std::size_t IdOodPlot::legendRoom() const {
    return static_cast<std::size_t>(legendLines()) * static_cast<std::size_t>(mostLegendColumns()) - 1;
}

void IdOodPlot::showLegend(const PlotColors& colors) {
    if (m_inLegend.empty()) return;
    placeLegend(plot(), LegendPlace::Right);
    const int lines = legendLines();
    const int columns = std::clamp((static_cast<int>(m_inLegend.size()) + lines) / lines, 1, mostLegendColumns());
    plot().legend->setFillOrder(QCPLayoutGrid::foColumnsFirst);
    plot().legend->setWrap(columns);
    for (const IdOodPoint* point : byImportance())
        if (m_inLegend.contains(point->key)) addLegendEntry(*point, colors);
    if (m_unnamed > 0) addToLegend(*plot().addGraph(), tr("and %1 more").arg(m_unnamed));
}

void IdOodPlot::draw(const PlotColors& colors) {
    labelAxis(*plot().xAxis, tr("ID test %1").arg(m_values.quantity), m_values.unit);
    labelAxis(*plot().yAxis, tr("OOD %1").arg(m_values.quantity), m_values.unit);
    std::vector<CloudSpot> spots;
    for (const IdOodPoint& point : m_values.points)
        addSeeds(point, colors, spots);
    for (const bool fadedOnes : {true, false})
        for (const IdOodPoint& point : m_values.points)
            if (isFaded(point) == fadedOnes) spots.push_back(meanOf(point, colors));
    drawCloud(plot(), std::move(spots));
    showLegend(colors);
}

void IdOodPlot::fitAxes() {
    double left = HUGE_VAL, right = -HUGE_VAL, bottom = HUGE_VAL, top = -HUGE_VAL;
    const auto include = [&](double id, double ood) {
        left = std::min(left, id), right = std::max(right, id);
        bottom = std::min(bottom, ood), top = std::max(top, ood);
    };
    for (const IdOodPoint& point : m_values.points) {
        const Interval id = point.idEnds.value_or(Interval{point.id, point.id});
        const Interval ood = point.oodEnds.value_or(Interval{point.ood, point.ood});
        include(id.low, ood.low);
        include(id.high, ood.high);
        for (const auto& seed : point.seeds)
            include(seed.id, seed.ood);
    }
    const bool isShare = m_values.unit == QLatin1String("%");
    plot().xAxis->setRange(rangeAround(left, right, isShare));
    plot().yAxis->setRange(rangeAround(bottom, top, isShare));
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
    const QString title = hit.point->title.toHtmlEscaped();
    if (hit.seed)
        return tr("<b>%1</b><br>seed %2, run %3<br>ID test %4, OOD %5")
            .arg(title, QString::number(hit.seed->seed), QString::number(hit.seed->run),
                 numberText(hit.seed->id, m_values.decimals), numberText(hit.seed->ood, m_values.decimals));
    return tr("<b>%1</b><br>ID test %2<br>OOD %3<br>n = %4, %5")
        .arg(title, meanText(hit.point->id, hit.point->idEnds, m_values.decimals),
             meanText(hit.point->ood, hit.point->oodEnds, m_values.decimals), QString::number(hit.point->seeds.size()),
             m_values.spreadName);
}

void IdOodPlot::clickedAt(QPointF position, bool extend) {
    const Hit hit = hitAt(position);
    Q_EMIT picked(hit.point ? hit.point->key : QString(), extend);
}

} // namespace levi
