// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/difference_plot.h"

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

namespace levi {
namespace {

constexpr int kRowPixels = 22;
constexpr int kLeastRowPixels = 15; // on screen, before it scrolls
constexpr int kNamePixels = 230;
constexpr int kVerdictPixels = 92;

} // namespace

void DifferencePlot::setValues(DifferenceValues values) {
    m_values = std::move(values);
    setMinimumHeight(std::min<int>(70 + kLeastRowPixels * static_cast<int>(m_values.rows.size()), 4000));
    refresh();
}

QString DifferencePlot::figureTitle() const {
    return tr("Difference in %1 from %2, paired by seed").arg(m_values.quantity, m_values.baseline);
}

QSize DifferencePlot::figureSize(int widthPixels) const {
    return {widthPixels, 70 + kRowPixels * static_cast<int>(m_values.rows.size())};
}

void DifferencePlot::drawRow(std::size_t row, const PlotColors& colors) {
    const auto& shown = m_values.rows[row];
    const MethodStyle& style = methodStyle(shown.method.toStdString());
    const QColor color = style.color(colors.isDark);
    if (shown.low && shown.high) {
        QCPGraph* interval = plot().addGraph();
        QPen pen(color, 1.4, shown.isOod ? Qt::DashLine : Qt::SolidLine);
        pen.setCapStyle(Qt::FlatCap);
        interval->setPen(pen);
        interval->setData({*shown.low, *shown.high}, {heightOf(row), heightOf(row)});
    }
    QCPGraph* mean = plot().addGraph();
    mean->setLineStyle(QCPGraph::lsNone);
    QCPScatterStyle scatter = scatterStyle(style.marker, {.color = color, .size = 9, .isFilled = !shown.isOod});
    if (shown.isOod) scatter.setBrush(colors.background);
    mean->setScatterStyle(scatter);
    mean->addData(shown.mean, heightOf(row));
}

void DifferencePlot::draw(const PlotColors& colors) {
    const QSharedPointer<QCPAxisTickerText> ticker(new QCPAxisTickerText);
    const QFontMetricsF metrics(plot().font());
    const double roleWidth = 90;
    for (std::size_t row = 0; row < m_values.rows.size(); ++row) {
        const auto& shown = m_values.rows[row];
        const bool isFirst = row == 0 || m_values.rows[row - 1].key != shown.key;
        const QString role = metrics.elidedText(shown.role, Qt::ElideRight, roleWidth);
        const QString title = metrics.elidedText(shown.title, Qt::ElideRight, kNamePixels - roleWidth);
        ticker->addTick(heightOf(row), isFirst ? QStringLiteral("%1   %2").arg(title, role) : role);
    }
    plot().yAxis->setTicker(ticker);
    plot().yAxis->grid()->setVisible(false);
    plot().yAxis->setTickLength(0);
    plot().xAxis->grid()->setZeroLinePen(QPen(colors.axis, 1));
    plot().axisRect()->setMinimumMargins(QMargins(8, 10, kVerdictPixels, 8));
    labelAxis(*plot().xAxis, tr("difference in %1").arg(m_values.quantity), m_values.unit);
    for (std::size_t row = 0; row < m_values.rows.size(); ++row)
        drawRow(row, colors);
}

void DifferencePlot::fitAxes() {
    double low = 0, high = 0;
    for (const auto& row : m_values.rows) {
        low = std::min({low, row.mean, row.low.value_or(row.mean)});
        high = std::max({high, row.mean, row.high.value_or(row.mean)});
    }
    const double room = std::max(1e-3, (high - low) * 0.05);
    plot().xAxis->setRange(low - room, high + room);
    plot().yAxis->setRange(heightOf(m_values.rows.size() - 1) - 0.7, 0.7);
}

// p stands right of the axes, where no interval hides it.
void DifferencePlot::annotate(const PlotColors& colors) {
    for (std::size_t row = 0; row < m_values.rows.size(); ++row) {
        const double y = plot().yAxis->coordToPixel(heightOf(row));
        if (!plot().axisRect()->rect().contains(plot().axisRect()->center().x(), static_cast<int>(y))) continue;
        auto* text = new QCPItemText(&plot());
        text->setClipToAxisRect(false);
        text->position->setType(QCPItemPosition::ptAbsolute);
        text->position->setCoords(plot().axisRect()->right() + 8, y);
        text->setPositionAlignment(Qt::AlignLeft | Qt::AlignVCenter);
        text->setText(m_values.rows[row].p);
        text->setFont(plot().font());
        text->setColor(colors.text);
    }
}

int DifferencePlot::rowAt(QPointF position) const {
    if (!hasContent()) return -1;
    const auto row = std::lround(-plot().yAxis->pixelToCoord(position.y()));
    return row >= 0 && row < static_cast<long>(m_values.rows.size()) ? static_cast<int>(row) : -1;
}

QString DifferencePlot::hoverTextAt(QPointF position) const {
    const int row = rowAt(position);
    if (row < 0) return {};
    const auto& shown = m_values.rows[row];
    const auto number = [&](double value) { return QString::number(value, 'f', m_values.decimals); };
    const QString interval = shown.low && shown.high
                                 ? tr(" (95 % interval %1 to %2)").arg(number(*shown.low), number(*shown.high))
                                 : QString();
    return tr("<b>%1</b> minus <b>%2</b><br>%3: %4%5<br>%6")
        .arg(shown.title.toHtmlEscaped(), m_values.baseline.toHtmlEscaped(), shown.role.toHtmlEscaped(),
             number(shown.mean), interval, shown.verdict.toHtmlEscaped());
}

void DifferencePlot::clickedAt(QPointF position, bool extend) {
    const int row = rowAt(position);
    Q_EMIT picked(row < 0 ? QString() : m_values.rows[row].key, extend);
}

} // namespace levi
