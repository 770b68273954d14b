// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/outline_painter.h"

#include <QPainter>
#include <QPainterPath>

namespace levi {
namespace {

constexpr int kDotsPerInch = 96;

// QPaintEngine::drawTextItem, not overridden here, fills the outlines of the glyphs.
class OutlineEngine : public QPaintEngine {
public:
    explicit OutlineEngine(QPainter& target) : QPaintEngine(AllFeatures), m_target(target) {}

    bool begin(QPaintDevice*) override { return true; }
    bool end() override { return true; }
    Type type() const override { return User; }

    void updateState(const QPaintEngineState& next) override {
        const auto dirty = next.state();
        if (dirty & DirtyTransform) m_target.setTransform(next.transform());
        if (dirty & DirtyPen) m_target.setPen(next.pen());
        if (dirty & DirtyBrush) m_target.setBrush(next.brush());
        if (dirty & DirtyBrushOrigin) m_target.setBrushOrigin(next.brushOrigin());
        if (dirty & DirtyOpacity) m_target.setOpacity(next.opacity());
        if (dirty & DirtyHints) m_target.setRenderHints(next.renderHints());
        if (dirty & DirtyClipEnabled) m_target.setClipping(next.isClipEnabled());
        if (dirty & DirtyClipRegion) m_target.setClipRegion(next.clipRegion(), next.clipOperation());
        if (dirty & DirtyClipPath) m_target.setClipPath(next.clipPath(), next.clipOperation());
    }

    void drawPath(const QPainterPath& path) override { m_target.drawPath(path); }
    void drawPolygon(const QPointF* points, int count, PolygonDrawMode mode) override {
        if (mode == PolylineMode)
            m_target.drawPolyline(points, count);
        else
            m_target.drawPolygon(points, count, mode == WindingMode ? Qt::WindingFill : Qt::OddEvenFill);
    }
    void drawLines(const QLineF* lines, int count) override { m_target.drawLines(lines, count); }
    void drawRects(const QRectF* rects, int count) override { m_target.drawRects(rects, count); }
    void drawEllipse(const QRectF& rect) override { m_target.drawEllipse(rect); }
    void drawPixmap(const QRectF& to, const QPixmap& pixmap, const QRectF& from) override {
        m_target.drawPixmap(to, pixmap, from);
    }

private:
    QPainter& m_target;
};

} // namespace

OutlineDevice::OutlineDevice(QPainter& target, QSize sizePixels)
    : m_size(sizePixels), m_engine(std::make_unique<OutlineEngine>(target)) {}

OutlineDevice::~OutlineDevice() = default;

int OutlineDevice::metric(PaintDeviceMetric metric) const {
    switch (metric) {
    case PdmWidth:
        return m_size.width();
    case PdmHeight:
        return m_size.height();
    case PdmWidthMM:
        return m_size.width() * 254 / (10 * kDotsPerInch);
    case PdmHeightMM:
        return m_size.height() * 254 / (10 * kDotsPerInch);
    case PdmNumColors:
        return 1 << 24;
    case PdmDepth:
        return 32;
    case PdmDpiX:
    case PdmDpiY:
    case PdmPhysicalDpiX:
    case PdmPhysicalDpiY:
        return kDotsPerInch;
    case PdmDevicePixelRatio:
        return 1;
    default:
        return QPaintDevice::metric(metric);
    }
}

} // namespace levi
