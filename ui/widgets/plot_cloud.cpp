// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/plot_cloud.h"

#include <qcustomplot.h>

#include <QPixmap>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

namespace levi {
namespace {

constexpr double kHaloPixels = 3, kWhiskerEnd = 3, kWhiskerWidth = 1.2;

QCPRange rangeOf(const std::vector<CloudSpot>& spots, bool& found, auto coordinate) {
    found = !spots.empty();
    if (!found) return {};
    const auto [low, high] = std::ranges::minmax(spots, {}, coordinate);
    return {coordinate(low), coordinate(high)};
}

void fillMarker(QPainter& painter, const QPointF& at, const QPainterPath& path, double size, const QColor& color) {
    painter.fillPath(QTransform::fromTranslate(at.x(), at.y()).scale(size / 2, size / 2).map(path), color);
}

void drawMarker(QPainter& painter, const CloudSpot& spot, const QPointF& at) {
    if (spot.halo.isValid())
        fillMarker(painter, at, markerPath(spot.style.marker, MarkerFill::Solid), spot.size + kHaloPixels, spot.halo);
    fillMarker(painter, at, markerPath(spot.style.marker, spot.style.fill), spot.size, spot.style.color);
}

// Markers that look the same are drawn once, on screen: filling a path takes longer than copying its pixels.
class Stamps {
public:
    explicit Stamps(double scale) : m_scale(scale) {}

    void draw(QPainter& painter, const CloudSpot& spot, const QPointF& at) {
        const Look look{spot.style.marker, spot.style.fill, spot.style.color.rgba(), spot.size, spot.halo.rgba()};
        auto& stamp = m_stamps[look];
        const double side = std::ceil(2 * spot.size + kHaloPixels);
        if (stamp.isNull()) {
            stamp = QPixmap((QSizeF(side, side) * m_scale).toSize());
            stamp.setDevicePixelRatio(m_scale);
            stamp.fill(Qt::transparent);
            QPainter inside(&stamp);
            inside.setRenderHint(QPainter::Antialiasing);
            drawMarker(inside, spot, {side / 2, side / 2});
        }
        painter.drawPixmap(at - QPointF(side / 2, side / 2), stamp);
    }

private:
    using Look = std::tuple<Marker, MarkerFill, QRgb, double, QRgb>;
    double m_scale;
    std::map<Look, QPixmap> m_stamps;
};

class SpotCloud : public QCPAbstractPlottable {
public:
    SpotCloud(QCPAxis* keys, QCPAxis* values, std::vector<CloudSpot> spots)
        : QCPAbstractPlottable(keys, values), m_spots(std::move(spots)) {}

    double selectTest(const QPointF&, bool, QVariant*) const override { return -1; }
    QCPRange getKeyRange(bool& found, QCP::SignDomain) const override {
        return rangeOf(m_spots, found, [](const CloudSpot& spot) { return spot.at.x(); });
    }
    QCPRange getValueRange(bool& found, QCP::SignDomain, const QCPRange&) const override {
        return rangeOf(m_spots, found, [](const CloudSpot& spot) { return spot.at.y(); });
    }

protected:
    void draw(QCPPainter* painter) override;
    void drawLegendIcon(QCPPainter*, const QRectF&) const override {}

private:
    void drawWhiskers(QCPPainter& painter, const CloudSpot& spot, const QPointF& at) const;

    std::vector<CloudSpot> m_spots;
};

void SpotCloud::drawWhiskers(QCPPainter& painter, const CloudSpot& spot, const QPointF& at) const {
    painter.setPen(QPen(spot.style.color, kWhiskerWidth));
    const auto whisker = [&](const QPointF& from, const QPointF& to, const QPointF& end) {
        const std::array<QLineF, 3> lines = {QLineF(from, to), QLineF(from - end, from + end),
                                             QLineF(to - end, to + end)};
        painter.drawLines(lines.data(), static_cast<int>(lines.size()));
    };
    if (spot.across && spot.across->low < spot.across->high) {
        const double left = mKeyAxis->coordToPixel(spot.across->low);
        const double right = mKeyAxis->coordToPixel(spot.across->high);
        whisker({left, at.y()}, {right, at.y()}, {0, kWhiskerEnd});
    }
    if (spot.up && spot.up->low < spot.up->high) {
        const double low = mValueAxis->coordToPixel(spot.up->low);
        const double high = mValueAxis->coordToPixel(spot.up->high);
        whisker({at.x(), low}, {at.x(), high}, {kWhiskerEnd, 0});
    }
}

void SpotCloud::draw(QCPPainter* painter) {
    painter->setAntialiasing(true);
    const bool onPaper = painter->modes().testFlag(QCPPainter::pmVectorized);
    Stamps stamps(mParentPlot->bufferDevicePixelRatio());
    for (const CloudSpot& spot : m_spots) {
        const QPointF at(mKeyAxis->coordToPixel(spot.at.x()), mValueAxis->coordToPixel(spot.at.y()));
        drawWhiskers(*painter, spot, at);
        if (onPaper)
            drawMarker(*painter, spot, at);
        else
            stamps.draw(*painter, spot, at);
    }
}

} // namespace

void drawCloud(QCustomPlot& plot, std::vector<CloudSpot> spots) {
    new SpotCloud(plot.xAxis, plot.yAxis, std::move(spots)); // the plot's from now on
}

} // namespace levi
