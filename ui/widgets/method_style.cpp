// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/method_style.h"

#include "core/spec/kinds.h"
#include "ui/theme.h"

#include <QIconEngine>
#include <QPainter>
#include <QPainterPathStroker>
#include <QPolygonF>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace levi {
namespace {

constexpr int kFills = 4, kTints = 3;
constexpr float kTint = 0.7F; // of the way to black or white that a further tint keeps
constexpr float kLeastRoom = 0.2F, kBackStep = 0.11F;
constexpr double kOutline = 0.28;    // of the radius
constexpr double kArm = 0.42;        // half the width of a cross's arm
constexpr double kIconRadius = 0.32; // of the icon's width

// Colours of a family of methods, on light and on dark.
struct Hue {
    QColor onLight, onDark;
};
const Hue kBlue{{0x00, 0x72, 0xb2}, {0x4d, 0xae, 0xe6}}, kSky{{0x2b, 0x93, 0xd1}, {0x8c, 0xcf, 0xf5}};
const Hue kPink{{0xb8, 0x5a, 0x90}, {0xe0, 0x97, 0xc2}}, kOrange{{0xc7, 0x80, 0x00}, {0xf0, 0xb0, 0x3c}};
const Hue kYellow{{0x9a, 0x8b, 0x00}, {0xf0, 0xe4, 0x42}}, kGreen{{0x00, 0x85, 0x60}, {0x2f, 0xc7, 0x9c}};
const Hue kVermilion{{0xd5, 0x5e, 0x00}, {0xf5, 0x86, 0x34}}, kSienna{{0x8c, 0x4a, 0x2f}, {0xd7, 0x9b, 0x7e}};
const Hue kPurple{{0x7d, 0x3c, 0x78}, {0xd2, 0x9b, 0xd0}}, kBlack{{0x20, 0x20, 0x20}, {0xe8, 0xe8, 0xe8}};

MethodStyle style(const Hue& hue, Marker marker, Qt::PenStyle dash) {
    return {hue.onLight, hue.onDark, marker, dash};
}

std::map<std::string, MethodStyle> makeStyles() {
    using enum Marker;
    using enum Qt::PenStyle;
    return {
        {"levi", style(kBlue, Circle, SolidLine)},
        // Probes.
        {"all_layer_probe", style(kSky, Square, DashLine)},
        {"concat_probe", style(kPink, Diamond, DashDotLine)},
        {"linear_probe", style(kOrange, TriangleUp, DotLine)},
        {"mlp_probe", style(kYellow, TriangleDown, DashDotDotLine)},
        {"head2toe", style(kYellow, Square, DashLine)},
        {"specialist", style(kGreen, Star, DashLine)},
        // All of the backbone is trained; a part of it; with groups in mind.
        {"full_fine_tuning", style(kVermilion, Cross, DashDotLine)},
        {"layer_decay", style(kVermilion, TriangleDown, DashLine)},
        {"l2_sp", style(kVermilion, Square, DotLine)},
        {"lp_ft", style(kVermilion, TriangleUp, DashDotDotLine)},
        {"surgical", style(kSienna, Diamond, DashLine)},
        {"norm_tuning", style(kSienna, Star, DotLine)},
        {"bitfit", style(kSienna, Plus, DashDotDotLine)},
        {"lora", style(kSienna, Circle, DashDotLine)},
        {"group_dro", style(kPurple, Square, DashLine)},
        {"irm", style(kPurple, TriangleUp, DotLine)},
        {"vrex", style(kPurple, TriangleDown, DashDotLine)},
        {"coral", style(kPurple, Star, DashDotDotLine)},
        {"mixup", style(kPurple, Plus, SolidLine)},
        // Made from finished runs.
        {"output_ensemble", style(kBlack, Plus, DotLine)},
        {"seed_ensemble", style(kBlack, Square, DashLine)},
        {"weight_soup", style(kBlack, Circle, DashDotLine)},
        {"wise_ft", style(kBlack, Diamond, DashDotDotLine)},
    };
}

const std::map<std::string, MethodStyle>& styles() {
    static const std::map<std::string, MethodStyle> s_styles = makeStyles();
    return s_styles;
}

// Darker on light, lighter on dark, so that no tint fades; the other way where there is hardly any room.
QColor tinted(const QColor& color, int step, bool dark) {
    if (step == 0) return color;
    float hue = 0, saturation = 0, lightness = 0;
    color.getHslF(&hue, &saturation, &lightness);
    float room = dark ? 1 - lightness : lightness;
    room = room < kLeastRoom ? room + kBackStep * static_cast<float>(step)
                             : room * std::pow(kTint, static_cast<float>(step));
    return QColor::fromHslF(std::max(0.0F, hue), saturation, dark ? 1 - room : room).toRgb();
}

QPainterPath polygon(int corners, double turn) {
    QPolygonF shape;
    for (int i = 0; i < corners; ++i) {
        const double angle = turn + 2 * M_PI * i / corners;
        shape << QPointF(std::cos(angle), std::sin(angle)) * 1.25;
    }
    QPainterPath path;
    path.addPolygon(shape);
    path.closeSubpath();
    return path;
}

QPainterPath star() {
    QPolygonF shape;
    for (int i = 0; i < 10; ++i) {
        const double angle = -M_PI / 2 + M_PI * i / 5;
        shape << QPointF(std::cos(angle), std::sin(angle)) * (i % 2 ? 0.62 : 1.35);
    }
    QPainterPath path;
    path.addPolygon(shape);
    path.closeSubpath();
    return path;
}

QPainterPath plus(double degrees) {
    QPainterPath upright, level;
    upright.addRect(-kArm, -1.2, 2 * kArm, 2.4);
    level.addRect(-1.2, -kArm, 2.4, 2 * kArm);
    return QTransform().rotate(degrees).map(upright.united(level).simplified());
}

QPainterPath circle(double radius) {
    QPainterPath path;
    path.addEllipse(QPointF(), radius, radius);
    return path;
}

QPainterPath shapeOf(Marker marker) {
    switch (marker) {
    case Marker::Circle:
        return circle(1);
    case Marker::Square:
        return polygon(4, M_PI / 4);
    case Marker::Diamond:
        return polygon(4, 0);
    case Marker::TriangleUp:
        return polygon(3, -M_PI / 2);
    case Marker::TriangleDown:
        return polygon(3, M_PI / 2);
    case Marker::Cross:
        return plus(45);
    case Marker::Plus:
        return plus(0);
    case Marker::Star:
        return star();
    }
    return {};
}

// The outline lies inside the shape, so that hollow ones are as large as solid ones.
QPainterPath outlineOf(const QPainterPath& shape) {
    QPainterPathStroker stroker;
    stroker.setWidth(2 * kOutline);
    stroker.setJoinStyle(Qt::MiterJoin);
    return stroker.createStroke(shape).intersected(shape).simplified();
}

QPainterPath filled(const QPainterPath& shape, MarkerFill fill) {
    QPainterPath half;
    half.addRect(-2, -2, 2, 4);
    switch (fill) {
    case MarkerFill::Solid:
        return shape;
    case MarkerFill::Hollow:
        return outlineOf(shape);
    case MarkerFill::Dot:
        return outlineOf(shape).united(circle(0.34));
    case MarkerFill::Half:
        return outlineOf(shape).united(shape.intersected(half));
    }
    return shape;
}

class MarkerIconEngine : public QIconEngine {
public:
    MarkerIconEngine(QString method, int variant) : m_method(std::move(method)), m_variant(variant) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode, QIcon::State) override {
        const SettingStyle style = settingStyle(m_method, m_variant, themeColors().isDark);
        const double radius = rect.width() * kIconRadius;
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->translate(QRectF(rect).center());
        painter->scale(radius, radius);
        painter->fillPath(markerPath(style.marker, style.fill), style.color);
        painter->restore();
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(0, 0), size), mode, state);
        return pixmap;
    }
    QIconEngine* clone() const override { return new MarkerIconEngine(m_method, m_variant); }

private:
    QString m_method;
    int m_variant;
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

SettingStyle settingStyle(const QString& method, int variant, bool dark) {
    const MethodStyle& style = methodStyle(method.toStdString());
    return {.color = tinted(style.color(dark), variant % kTints, dark),
            .marker = style.marker,
            .fill = static_cast<MarkerFill>(variant % kFills),
            .hatch = static_cast<Hatch>(variant % kFills)};
}

QIcon settingIcon(const QString& method, int variant) {
    return QIcon(new MarkerIconEngine(method, variant));
}

const QPainterPath& markerPath(Marker marker, MarkerFill fill) {
    static std::map<std::pair<Marker, MarkerFill>, QPainterPath> s_paths;
    auto& path = s_paths[{marker, fill}];
    if (path.isEmpty()) path = filled(shapeOf(marker), fill);
    return path;
}

} // namespace levi
