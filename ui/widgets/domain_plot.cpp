// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/domain_plot.h"

#include "ui/widgets/hatch.h"

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

namespace levi {
namespace {

constexpr std::size_t kMostSeries = 32;
constexpr double kGroupWidth = 0.84; // of the distance of two domains
constexpr double kLegendNamePixels = 220;
constexpr double kLegendIconPixels = 50; // with its gaps
constexpr double kHatchWidth = 1.2;
constexpr double kLeastFootShare = 0.6; // of the font's size: smaller numbers cannot be read

// Bars with lines across, in the legend as well.
class HatchedBars : public QCPBars {
public:
    HatchedBars(QCPAxis* keys, QCPAxis* values, Hatch hatch, const QColor& line)
        : QCPBars(keys, values), m_hatch(hatch), m_pen(line, kHatchWidth) {
        m_pen.setCapStyle(Qt::FlatCap);
    }

protected:
    void draw(QCPPainter* painter) override {
        QCPBars::draw(painter);
        for (const QCPBarsData& bar : *data())
            hatch(painter, getBarRect(bar.key, bar.value));
    }
    void drawLegendIcon(QCPPainter* painter, const QRectF& rect) const override {
        QCPBars::drawLegendIcon(painter, rect);
        QRectF icon(0, 0, rect.width() * 0.67, rect.height() * 0.67); // as QCPBars draws it
        icon.moveCenter(rect.center());
        hatch(painter, icon);
    }

private:
    void hatch(QCPPainter* painter, const QRectF& bar) const {
        painter->setPen(m_pen);
        painter->drawLines(hatchLines(bar.normalized().adjusted(1, 1, -1, -1), m_hatch));
    }

    Hatch m_hatch;
    QPen m_pen;
};

} // namespace

void DomainPlot::setValues(DomainValues values) {
    m_all = std::move(values);
    choose();
    refresh();
}

void DomainPlot::setSelected(const std::set<QString>& keys) {
    if (keys == m_selected) return;
    m_selected = keys;
    choose();
    refresh();
}

// More bars than can be told apart: those of the selected settings, else of the first ones.
void DomainPlot::choose() {
    if (m_all.series.size() <= kMostSeries) {
        m_values = m_all;
        return;
    }
    std::vector<std::size_t> shown;
    for (std::size_t i = 0; i < m_all.series.size() && shown.size() < kMostSeries; ++i)
        if (m_selected.empty() || m_selected.contains(m_all.series[i].key)) shown.push_back(i);
    m_values = m_all;
    m_values.series.clear();
    for (const std::size_t i : shown)
        m_values.series.push_back(m_all.series[i]);
    for (std::size_t domain = 0; domain < m_all.domains.size(); ++domain) {
        auto& bars = m_values.domains[domain].bars;
        bars.clear();
        for (const std::size_t i : shown)
            bars.push_back(m_all.domains[domain].bars[i]);
    }
}

QString DomainPlot::whatIsShown() const {
    if (m_values.series.size() == m_all.series.size()) return {};
    return m_selected.empty() ? tr("the first %1 of %2 settings; select others in the table")
                                    .arg(m_values.series.size())
                                    .arg(m_all.series.size())
                              : tr("%1 selected of %2 settings").arg(m_values.series.size()).arg(m_all.series.size());
}

bool DomainPlot::hasContent() const {
    const auto isBar = [](const std::optional<DomainValues::Bar>& bar) { return bar.has_value(); };
    return std::ranges::any_of(
        m_values.domains, [&](const DomainValues::Domain& domain) { return std::ranges::any_of(domain.bars, isBar); });
}

QString DomainPlot::figureTitle() const {
    return tr("%1 per domain").arg(m_values.quantity);
}

double DomainPlot::barWidth() const {
    return kGroupWidth / static_cast<double>(m_values.series.size());
}

double DomainPlot::leftOf(int domain, int series) const {
    return domain - kGroupWidth / 2 + series * barWidth();
}

bool DomainPlot::isFaint(int series) const {
    return !m_selected.empty() && !m_selected.contains(m_values.series[series].key);
}

// Of the area of a bar.
QColor DomainPlot::colorOf(int series, bool isOod, const PlotColors& colors) const {
    const auto& shown = m_values.series[series];
    const QColor color = settingStyle(shown.method, shown.variant, colors.isDark).color;
    return faded(faded(color, colors.background, isFaint(series) ? 0.75 : 0), colors.background, isOod ? 0.62 : 0);
}

void DomainPlot::drawBars(int series, bool isOod, const PlotColors& colors) {
    const auto& shown = m_values.series[series];
    const QColor line = colorOf(series, false, colors);
    const Hatch hatch = settingStyle(shown.method, shown.variant, colors.isDark).hatch;
    auto* bars = new HatchedBars(plot().xAxis, plot().yAxis, hatch, isOod ? line : colors.background);
    bars->setWidth(barWidth() * 0.86);
    bars->setPen(QPen(line, 1));
    bars->setBrush(colorOf(series, isOod, colors));
    auto* whiskers = new QCPErrorBars(plot().xAxis, plot().yAxis);
    whiskers->setDataPlottable(bars);
    whiskers->setPen(QPen(faded(colors.text, colors.background, isFaint(series) ? 0.7 : 0.15), 1.2));
    whiskers->setWhiskerWidth(std::clamp(60.0 * barWidth(), 2.0, 6.0));
    whiskers->setSymbolGap(0);
    for (std::size_t domain = 0; domain < m_values.domains.size(); ++domain) {
        const auto& bar = m_values.domains[domain].bars[series];
        if (m_values.domains[domain].isOod != isOod || !bar) continue;
        bars->addData(leftOf(static_cast<int>(domain), series) + barWidth() / 2, bar->mean);
        if (bar->ends)
            whiskers->addData(bar->mean - bar->ends->low, bar->ends->high - bar->mean);
        else
            whiskers->addData(qQNaN());
    }
    if (isOod) return;
    const QString name = QFontMetricsF(plot().font()).elidedText(shown.title, Qt::ElideRight, kLegendNamePixels);
    addToLegend(*bars, QStringLiteral("%1  %2").arg(QString::number(series + 1), name));
}

void DomainPlot::drawSeries(int series, const PlotColors& colors) {
    for (const bool isOod : {false, true})
        drawBars(series, isOod, colors);
}

// Bars carry numbers, and the legend below tells what they are.
void DomainPlot::showLegend() {
    placeLegend(plot(), LegendPlace::Below);
    plot().legend->setFillOrder(QCPLayoutGrid::foColumnsFirst, false);
    plot().legend->setWrap(legendColumns(plot().viewport().width()));
}

int DomainPlot::legendColumns(int widthPixels) const {
    double widest = 1;
    const QFontMetricsF metrics(plot().font());
    for (const auto& series : m_values.series)
        widest =
            std::max(widest, std::min(metrics.horizontalAdvance(series.title), kLegendNamePixels) + kLegendIconPixels);
    return std::max(1, static_cast<int>(widthPixels / widest));
}

QSize DomainPlot::figureSize(int widthPixels) const {
    constexpr int kLinePixels = 18;
    const int columns = legendColumns(widthPixels);
    const int lines = (static_cast<int>(m_values.series.size()) + columns - 1) / columns;
    return {widthPixels, widthPixels / 2 + kLinePixels * lines};
}

void DomainPlot::draw(const PlotColors& colors) {
    const QSharedPointer<QCPAxisTickerText> ticker(new QCPAxisTickerText);
    const QFontMetricsF metrics(plot().font());
    const double room = std::max(40.0, 0.9 * plot().viewport().width() / static_cast<double>(m_values.domains.size()));
    for (std::size_t domain = 0; domain < m_values.domains.size(); ++domain) {
        const auto& shown = m_values.domains[domain];
        ticker->addTick(static_cast<double>(domain), metrics.elidedText(shown.title, Qt::ElideRight, room) +
                                                         (shown.isOod ? tr("\nOOD") : tr("\nID")));
    }
    plot().xAxis->setTicker(ticker);
    plot().xAxis->setLabel(whatIsShown());
    plot().xAxis->grid()->setVisible(false);
    showLegend();
    labelAxis(*plot().yAxis, m_values.quantity, m_values.unit);
    for (int series = 0; series < static_cast<int>(m_values.series.size()); ++series)
        drawSeries(series, colors);
}

void DomainPlot::fitAxes() {
    double top = 0, bottom = 0;
    for (const auto& domain : m_values.domains)
        for (const auto& bar : domain.bars)
            if (bar) {
                top = std::max(top, bar->ends ? bar->ends->high : bar->mean);
                bottom = std::min(bottom, bar->ends && bar->mean < 0 ? bar->ends->low : bar->mean);
            }
    plot().xAxis->setRange(-0.5, static_cast<double>(m_values.domains.size()) - 0.5);
    if (m_values.unit == QLatin1String("%")) top = std::min(top, 100.0); // intervals of few seeds reach beyond it
    plot().yAxis->setRange(bottom < 0 ? 1.05 * bottom : 0, top > 0 ? 1.05 * top : 1);
}

// Numbers of settings at the feet of their bars, as large as the widest bar allows. Nothing where there is no room.
std::optional<QFont> DomainPlot::footFont() const {
    const double pixels = 0.86 * (plot().xAxis->coordToPixel(barWidth()) - plot().xAxis->coordToPixel(0)) - 2;
    QFont font = plot().font();
    const double widest = QFontMetricsF(font).horizontalAdvance(QString::number(m_values.series.size()));
    const double share = std::min(1.0, pixels / widest);
    if (share < kLeastFootShare) return std::nullopt;
    font.setPointSizeF(font.pointSizeF() * share);
    return font;
}

void DomainPlot::annotate(const PlotColors& colors) {
    const auto font = footFont();
    if (!font) return;
    for (int domain = 0; domain < static_cast<int>(m_values.domains.size()); ++domain)
        for (int series = 0; series < static_cast<int>(m_values.series.size()); ++series)
            if (m_values.domains[domain].bars[series]) drawFoot(domain, series, *font, colors);
}

void DomainPlot::drawFoot(int domain, int series, const QFont& font, const PlotColors& colors) {
    auto* foot = new QCPItemTracer(&plot());
    foot->setStyle(QCPItemTracer::tsNone);
    foot->position->setCoords(leftOf(domain, series) + barWidth() / 2, 0);
    auto* number = new QCPItemText(&plot());
    number->position->setParentAnchor(foot->position);
    number->position->setType(QCPItemPosition::ptAbsolute);
    number->position->setCoords(0, -8);
    number->setText(QString::number(series + 1));
    number->setFont(font);
    const auto& axis = *plot().yAxis;
    const double height = axis.coordToPixel(0) - axis.coordToPixel(m_values.domains[domain].bars[series]->mean);
    const bool isInside = height > QFontMetricsF(font).height() + 4;
    const bool isOod = m_values.domains[domain].isOod;
    number->setColor(isOod || isFaint(series) || !isInside ? colors.text : colors.background);
    if (isInside) number->setBrush(colorOf(series, isOod, colors)); // over the hatch
}

DomainPlot::Hit DomainPlot::hitAt(QPointF position) const {
    if (!hasContent() || !plot().axisRect()->rect().contains(position.toPoint())) return {};
    const double x = plot().xAxis->pixelToCoord(position.x());
    const int domain = static_cast<int>(std::lround(x));
    if (domain < 0 || domain >= static_cast<int>(m_values.domains.size())) return {};
    const int series = static_cast<int>(std::floor((x - leftOf(domain, 0)) / barWidth()));
    const bool isBar = series >= 0 && series < static_cast<int>(m_values.series.size());
    return isBar ? Hit{domain, series} : Hit{};
}

QString DomainPlot::hoverTextAt(QPointF position) const {
    const Hit hit = hitAt(position);
    if (hit.domain < 0) return {};
    const auto& domain = m_values.domains[hit.domain];
    const auto& bar = domain.bars[hit.series];
    const QString title = m_values.series[hit.series].title.toHtmlEscaped();
    const QString place = domain.title.toHtmlEscaped();
    if (!bar) return tr("<b>%1</b><br>%2: not measured").arg(title, place);
    return tr("<b>%1</b><br>%2: %3<br>n = %4, %5")
        .arg(title, place, meanText(bar->mean, bar->ends, m_values.decimals), QString::number(bar->count),
             m_values.spreadName);
}

QPointF DomainPlot::pixelOf(int domain, int series) const {
    const double x = leftOf(domain, series) + barWidth() / 2;
    return {plot().xAxis->coordToPixel(x), plot().yAxis->coordToPixel(0) - 4};
}

void DomainPlot::clickedAt(QPointF position, bool extend) {
    const Hit hit = hitAt(position);
    Q_EMIT picked(hit.series < 0 ? QString() : m_values.series[hit.series].key, extend);
}

} // namespace levi
