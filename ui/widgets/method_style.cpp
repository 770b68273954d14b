// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/method_style.h"

#include "core/spec/kinds.h"
#include "ui/theme.h"

#include <QIconEngine>
#include <QPainter>
#include <QPainterPath>
#include <QPolygonF>

#include <array>
#include <cmath>
#include <map>

namespace levi {
namespace {

const std::map<std::string, MethodStyle>& styles() {
    static const std::map<std::string, MethodStyle> s_styles{
        {"levi", {QColor(0x00, 0x72, 0xb2), QColor(0x4d, 0xae, 0xe6), Marker::Circle, Qt::SolidLine}},
        {"all_layer_probe", {QColor(0x2b, 0x93, 0xd1), QColor(0x8c, 0xcf, 0xf5), Marker::Square, Qt::DashLine}},
        {"concat_probe", {QColor(0xb8, 0x5a, 0x90), QColor(0xe0, 0x97, 0xc2), Marker::Diamond, Qt::DashDotLine}},
        {"linear_probe", {QColor(0xc7, 0x80, 0x00), QColor(0xf0, 0xb0, 0x3c), Marker::TriangleUp, Qt::DotLine}},
        {"mlp_probe", {QColor(0x9a, 0x8b, 0x00), QColor(0xf0, 0xe4, 0x42), Marker::TriangleDown, Qt::DashDotDotLine}},
        {"specialist", {QColor(0x00, 0x85, 0x60), QColor(0x2f, 0xc7, 0x9c), Marker::Star, Qt::DashLine}},
        {"full_fine_tuning", {QColor(0xd5, 0x5e, 0x00), QColor(0xf5, 0x86, 0x34), Marker::Cross, Qt::DashDotLine}},
        {"output_ensemble", {QColor(0x20, 0x20, 0x20), QColor(0xe8, 0xe8, 0xe8), Marker::Plus, Qt::DotLine}},
    };
    return s_styles;
}

QPolygonF polygon(const QPointF& centre, double radius, int corners, double turn) {
    QPolygonF shape;
    for (int i = 0; i < corners; ++i) {
        const double angle = turn + 2 * M_PI * i / corners;
        shape << centre + QPointF(std::cos(angle), std::sin(angle)) * radius;
    }
    return shape;
}

QPolygonF star(const QPointF& centre, double radius) {
    QPolygonF shape;
    for (int i = 0; i < 10; ++i) {
        const double angle = -M_PI / 2 + M_PI * i / 5;
        shape << centre + QPointF(std::cos(angle), std::sin(angle)) * (i % 2 ? radius * 0.5 : radius * 1.15);
    }
    return shape;
}

void drawBars(QPainter& painter, const QPointF& centre, double radius, double turn) {
    const QPointF a(std::cos(turn) * radius, std::sin(turn) * radius);
    const QPointF b(-a.y(), a.x());
    QPen pen(painter.brush().color(), radius * 0.55);
    pen.setCapStyle(Qt::FlatCap);
    const QPen before = painter.pen();
    painter.setPen(pen);
    painter.drawLine(centre - a, centre + a);
    painter.drawLine(centre - b, centre + b);
    painter.setPen(before);
}

class MarkerIconEngine : public QIconEngine {
public:
    explicit MarkerIconEngine(std::string method) : m_method(std::move(method)) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode, QIcon::State) override {
        const MethodStyle& style = methodStyle(m_method);
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(style.color(themeColors().isDark));
        drawMarker(*painter, style.marker, QRectF(rect).center(), rect.width() * 0.32);
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(0, 0), size), mode, state);
        return pixmap;
    }
    QIconEngine* clone() const override { return new MarkerIconEngine(m_method); }

private:
    std::string m_method;
};

} // namespace

const MethodStyle& methodStyle(const std::string& method) {
    static std::map<std::string, MethodStyle> s_others;
    if (const auto found = styles().find(method); found != styles().end()) return found->second;
    constexpr int kMarkers = 8;
    const auto number = static_cast<int>(s_others.size());
    return s_others
        .try_emplace(method, MethodStyle{QColor(0x6b, 0x72, 0x7b), QColor(0xa5, 0xad, 0xb8),
                                         static_cast<Marker>((number + 3) % kMarkers), Qt::DashLine})
        .first->second;
}

QString methodLabel(const std::string& method) {
    const Kind* kind = methodKinds().find(method);
    return QString::fromStdString(kind ? kind->label : method);
}

QIcon methodIcon(const std::string& method) {
    return QIcon(new MarkerIconEngine(method));
}

void drawMarker(QPainter& painter, Marker marker, const QPointF& centre, double radius) {
    switch (marker) {
    case Marker::Circle:
        return painter.drawEllipse(centre, radius, radius);
    case Marker::Square:
        return painter.drawPolygon(polygon(centre, radius * 1.25, 4, M_PI / 4));
    case Marker::Diamond:
        return painter.drawPolygon(polygon(centre, radius * 1.25, 4, 0));
    case Marker::TriangleUp:
        return painter.drawPolygon(polygon(centre, radius * 1.25, 3, -M_PI / 2));
    case Marker::TriangleDown:
        return painter.drawPolygon(polygon(centre, radius * 1.25, 3, M_PI / 2));
    case Marker::Star:
        return painter.drawPolygon(star(centre, radius));
    case Marker::Cross:
        return drawBars(painter, centre, radius * 1.2, M_PI / 4);
    case Marker::Plus:
        return drawBars(painter, centre, radius * 1.2, 0);
    }
}

} // namespace levi
