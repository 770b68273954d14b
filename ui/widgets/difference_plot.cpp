// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/difference_plot.h"

#include <qcustomplot.h>

#include <QLayout>
#include <QScrollBar>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace levi {
namespace {

constexpr int kRowPixels = 22;
constexpr int kLeastRowPixels = 16; // on screen, before it scrolls
constexpr int kAxisPixels = 62;     // ticks, label and margins
constexpr int kNamePixels = 230;
constexpr int kVerdictPixels = 92;

} // namespace

DifferencePlot::DifferencePlot(QWidget* parent) : PlotFrame(parent), m_bar(new QScrollBar(Qt::Vertical)) {
    m_bar->setAccessibleName(tr("Rows of differences"));
    m_bar->setFocusPolicy(Qt::TabFocus);
    m_bar->hide();
    layout()->addWidget(m_bar);
    plot().axisRect()->setRangeZoom(Qt::Horizontal);
    plot().axisRect()->setRangeDrag(Qt::Horizontal);
    connect(m_bar, &QScrollBar::valueChanged, this, [this] { refresh(); });
}

void DifferencePlot::setValues(DifferenceValues values) {
    m_values = std::move(values);
    fitBar();
    refresh();
}

int DifferencePlot::rowsInView() const {
    const int fitting = (plot().viewport().height() - kAxisPixels) / kLeastRowPixels;
    return std::clamp(fitting, 1, std::max(1, rowCount()));
}

void DifferencePlot::fitBar() {
    const QSignalBlocker quiet(m_bar); // whoever calls draws
    m_bar->setRange(0, std::max(0, rowCount() - rowsInView()));
    m_bar->setPageStep(rowsInView());
    m_bar->setVisible(m_bar->maximum() > 0);
}

bool DifferencePlot::eventFilter(QObject* watched, QEvent* event) {
    const bool scrolls = event->type() == QEvent::Wheel && m_bar->maximum() > 0 &&
                         !(static_cast<QWheelEvent*>(event)->modifiers() & Qt::ControlModifier);
    if (watched != &plot() || !scrolls) return PlotFrame::eventFilter(watched, event);
    QCoreApplication::sendEvent(m_bar, event);
    return true;
}

int DifferencePlot::firstInView() const {
    return std::clamp(m_bar->value(), 0, rowCount() - rowsInView());
}

void DifferencePlot::showRows() {
    const auto first = static_cast<std::size_t>(firstInView()),
               last = first + static_cast<std::size_t>(rowsInView()) - 1;
    plot().yAxis->setRange(heightOf(last) - 0.7, heightOf(first) + 0.7);
}

QString DifferencePlot::figureTitle() const {
    return tr("Difference in %1 from %2, paired by seed").arg(m_values.quantity, m_values.baseline);
}

QSize DifferencePlot::figureSize(int widthPixels) const {
    return {widthPixels, kAxisPixels + 8 + kRowPixels * rowCount()};
}

void DifferencePlot::drawRow(std::size_t row, const PlotColors& colors) {
    const auto& shown = m_values.rows[row];
    const SettingStyle style = settingStyle(shown.method, shown.variant, colors.isDark);
    if (shown.low && shown.high) {
        QCPGraph* interval = plot().addGraph();
        QPen pen(style.color, 1.4, shown.isOod ? Qt::DashLine : Qt::SolidLine);
        pen.setCapStyle(Qt::FlatCap);
        interval->setPen(pen);
        interval->setData({*shown.low, *shown.high}, {heightOf(row), heightOf(row)});
    }
    drawMarkers(plot(), {QPointF(shown.mean, heightOf(row))}, {.style = style, .size = 9, .halo = colors.background});
}

void DifferencePlot::draw(const PlotColors& colors) {
    const QSharedPointer<QCPAxisTickerText> ticker(new QCPAxisTickerText);
    const QFontMetricsF metrics(plot().font());
    const double roleWidth = 90;
    const auto first = static_cast<std::size_t>(firstInView()), end = first + static_cast<std::size_t>(rowsInView());
    for (std::size_t row = first; row < end; ++row) {
        const auto& shown = m_values.rows[row];
        const bool isFirst = row == first || m_values.rows[row - 1].key != shown.key;
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
    for (std::size_t row = first; row < end; ++row)
        drawRow(row, colors);
    showRows();
}

void DifferencePlot::fitAxes() {
    double low = 0, high = 0;
    for (const auto& row : m_values.rows) {
        low = std::min({low, row.mean, row.low.value_or(row.mean)});
        high = std::max({high, row.mean, row.high.value_or(row.mean)});
    }
    const double room = std::max(1e-3, (high - low) * 0.05);
    plot().xAxis->setRange(low - room, high + room);
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
