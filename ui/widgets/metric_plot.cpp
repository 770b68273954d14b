// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/metric_plot.h"

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

namespace levi {
namespace {

constexpr double kReachPixels = 14;
constexpr int kNamePixels = 110;
constexpr std::size_t kMostDots = 60; // of a line; with more they would hide it

const MetricValues::Point* pointAt(const MetricValues::Line& line, double epoch) {
    const auto found = std::ranges::find(line.points, epoch, &MetricValues::Point::epoch);
    return found == line.points.end() ? nullptr : &*found;
}

} // namespace

void MetricPlot::setValues(MetricValues values) {
    m_values = std::move(values);
    refresh();
}

QString MetricPlot::figureTitle() const {
    return tr("%1 of each role over epochs, %2").arg(m_values.quantity, m_values.runTitle);
}

bool MetricPlot::hasContent() const {
    return std::ranges::any_of(m_values.lines, [](const auto& line) { return !line.points.empty(); });
}

// One colour, the setting's: ID and OOD differ by dash and fill. Training is grey, because it is not what is asked.
QColor MetricPlot::colorOf(const MetricValues::Line& line, const PlotColors& colors) const {
    const QColor color = settingStyle(m_values.method, m_values.variant, colors.isDark).color;
    return line.isTrain ? faded(colors.text, colors.background, 0.35) : color;
}

void MetricPlot::drawLine(const MetricValues::Line& line, const PlotColors& colors) {
    const QColor color = colorOf(line, colors);
    QCPGraph* graph = plot().addGraph();
    graph->setPen(QPen(color, line.isSelection ? 2.2 : 1.4, line.isOod ? Qt::DashLine : Qt::SolidLine));
    if (line.points.size() <= kMostDots)
        graph->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssCircle, QPen(color, 1.2),
                                               QBrush(line.isOod ? colors.background : color), 4.5));
    for (const auto& point : line.points)
        graph->addData(point.epoch, point.value);
}

void MetricPlot::draw(const PlotColors& colors) {
    labelAxis(*plot().xAxis, tr("epoch"));
    useWholeTicks(*plot().xAxis);
    labelAxis(*plot().yAxis, m_values.quantity, m_values.unit);
    plot().axisRect()->setMinimumMargins(QMargins(8, 20, kNamePixels, 8));
    for (const auto& line : m_values.lines)
        drawLine(line, colors);
}

void MetricPlot::fitAxes() {
    double last = 0, low = HUGE_VAL, high = -HUGE_VAL;
    for (const auto& line : m_values.lines)
        for (const auto& point : line.points) {
            last = std::max(last, point.epoch);
            low = std::min(low, point.value);
            high = std::max(high, point.value);
        }
    const double room = std::max(1e-3, (high - low) * 0.06);
    if (last > 0)
        plot().xAxis->setRange(0, last * 1.02);
    else
        plot().xAxis->setRange(-0.5, 0.5); // a derived run is evaluated once, at epoch 0
    plot().yAxis->setRange(low - room, high + room);
}

void MetricPlot::annotate(const PlotColors& colors) {
    struct Name {
        const MetricValues::Line* line;
        double y;
    };
    std::vector<Name> names;
    for (const auto& line : m_values.lines)
        if (!line.points.empty()) names.push_back({&line, plot().yAxis->coordToPixel(line.points.back().value)});
    std::ranges::sort(names, {}, &Name::y);
    const QFontMetricsF metrics(plot().font());
    double free = plot().axisRect()->top();
    for (Name& name : names) { // pushed down where they would overlap
        name.y = std::max(name.y, free + metrics.height() / 2);
        free = name.y + metrics.height() / 2;
    }
    double limit = plot().axisRect()->bottom() + metrics.height();
    for (auto name = names.rbegin(); name != names.rend(); ++name) { // and up again at the bottom
        name->y = std::min(name->y, limit - metrics.height() / 2);
        limit = name->y - metrics.height() / 2;
    }
    for (const Name& name : names) {
        auto* text = new QCPItemText(&plot());
        text->setClipToAxisRect(false);
        text->position->setType(QCPItemPosition::ptAbsolute);
        text->position->setCoords(plot().axisRect()->right() + 6, name.y);
        text->setPositionAlignment(Qt::AlignLeft | Qt::AlignVCenter);
        text->setText(metrics.elidedText(name.line->title, Qt::ElideRight, kNamePixels - 8));
        text->setFont(plot().font());
        text->setColor(colorOf(*name.line, colors));
    }
    markPick(colors);
}

void MetricPlot::markPick(const PlotColors& colors) {
    if (!m_values.pickedEpoch) return;
    auto* line = new QCPItemStraightLine(&plot());
    line->point1->setCoords(*m_values.pickedEpoch, 0);
    line->point2->setCoords(*m_values.pickedEpoch, 1);
    line->setPen(QPen(faded(colors.text, colors.background, 0.3), 1, Qt::DotLine));
    auto* text = new QCPItemText(&plot());
    text->setClipToAxisRect(false);
    text->position->setTypeX(QCPItemPosition::ptPlotCoords);
    text->position->setTypeY(QCPItemPosition::ptAbsolute);
    text->position->setCoords(*m_values.pickedEpoch, plot().axisRect()->top() - 2);
    const bool atRight = plot().xAxis->coordToPixel(*m_values.pickedEpoch) > plot().axisRect()->center().x();
    text->setPositionAlignment((atRight ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignBottom);
    text->setText(tr("picked: epoch %1").arg(*m_values.pickedEpoch));
    text->setFont(plot().font());
    text->setColor(colors.text);
}

QString MetricPlot::hoverTextAt(QPointF position) const {
    for (const auto& line : m_values.lines)
        for (const auto& point : line.points) {
            const double away = std::hypot(plot().xAxis->coordToPixel(point.epoch) - position.x(),
                                           plot().yAxis->coordToPixel(point.value) - position.y());
            if (away > kReachPixels) continue;
            QString text = tr("<b>epoch %1</b>").arg(point.epoch);
            for (const auto& other : m_values.lines)
                if (const auto* same = pointAt(other, point.epoch))
                    text += QStringLiteral("<br>%1: %2")
                                .arg(other.title.toHtmlEscaped(), QString::number(same->value, 'f', m_values.decimals));
            return text;
        }
    return {};
}

} // namespace levi
