// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/style/style_parts.h"

#include "ui/theme.h"

#include <QPainter>
#include <QStyleOption>
#include <QWidget>

#include <algorithm>
#include <array>
#include <utility>

namespace levi {
namespace {

constexpr std::array<std::pair<const char*, WidgetRole>, 12> kRoles = {{{"card", WidgetRole::Card},
                                                                        {"line", WidgetRole::Line},
                                                                        {"muted", WidgetRole::Muted},
                                                                        {"error", WidgetRole::Error},
                                                                        {"warning", WidgetRole::Warning},
                                                                        {"ok", WidgetRole::Ok},
                                                                        {"heading", WidgetRole::Heading},
                                                                        {"main", WidgetRole::Main},
                                                                        {"rail", WidgetRole::Rail},
                                                                        {"link", WidgetRole::Link},
                                                                        {"box", WidgetRole::Box},
                                                                        {"chip", WidgetRole::Chip}}};
constexpr double kChevronHalf = 3.5; // pixels
constexpr double kChipRadius = 9;

class Saved {
public:
    explicit Saved(QPainter& painter) : m_painter(painter) {
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
    }
    ~Saved() { m_painter.restore(); }
    Saved(const Saved&) = delete;
    Saved& operator=(const Saved&) = delete;

private:
    QPainter& m_painter;
};

bool has(const QStyleOption& option, QStyle::StateFlag flag) {
    return option.state.testFlag(flag);
}

BoxLook chipLook(const QStyleOption& option) {
    const ThemeColors& c = themeColors();
    const bool on = has(option, QStyle::State_On), focus = has(option, QStyle::State_HasFocus);
    return {.fill = on ? c.accent : c.field,
            .border = focus ? c.text
                      : on  ? c.accent
                            : c.border,
            .radius = kChipRadius,
            .width = focus ? 2.0 : 1.0};
}

BoxLook toolButtonLook(const QStyleOption& option, WidgetRole role) {
    const ThemeColors& c = themeColors();
    const bool hover = has(option, QStyle::State_MouseOver) && has(option, QStyle::State_Enabled);
    const bool on = has(option, QStyle::State_On);
    BoxLook look;
    if (role == WidgetRole::Chip) look = chipLook(option);
    if (role == WidgetRole::Box) look = {.fill = hover ? c.soft : c.field, .border = c.border};
    if (role != WidgetRole::Chip && role != WidgetRole::Box && (on || (hover && role != WidgetRole::Rail)))
        look.fill = c.soft;
    if (role == WidgetRole::Rail && hover && !on) look.border = c.border;
    if (role != WidgetRole::Chip && has(option, QStyle::State_HasFocus)) look.border = c.accent;
    return look;
}

} // namespace

WidgetRole roleOf(const QWidget* widget) {
    const QString said = widget ? widget->property("role").toString() : QString();
    const auto found =
        std::ranges::find_if(kRoles, [&](const auto& role) { return said == QLatin1String(role.first); });
    return found == kRoles.end() ? WidgetRole::None : found->second;
}

void drawBox(QPainter& painter, const QRect& rect, const BoxLook& look) {
    const Saved saved(painter);
    const double inset = look.width / 2;
    painter.setBrush(look.fill.isValid() ? QBrush(look.fill) : QBrush());
    painter.setPen(look.border.isValid() ? QPen(look.border, look.width) : QPen(Qt::NoPen));
    painter.drawRoundedRect(QRectF(rect).adjusted(inset, inset, -inset, -inset), look.radius, look.radius);
}

void drawChevron(QPainter& painter, const QRect& rect, const QColor& color) {
    const Saved saved(painter);
    painter.setPen(QPen(color, 1.4, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const QPointF at = QRectF(rect).center() + QPointF(0, kChevronHalf / 2);
    const std::array<QPointF, 3> line = {at + QPointF(-kChevronHalf, -kChevronHalf), at,
                                         at + QPointF(kChevronHalf, -kChevronHalf)};
    painter.drawPolyline(line.data(), static_cast<int>(line.size()));
}

void drawField(QPainter& painter, const QStyleOption& option, const QWidget* widget, const QColor& fill) {
    const ThemeColors& c = themeColors();
    QColor border = has(option, QStyle::State_HasFocus) ? c.accent : c.border;
    if (widget && widget->property("problem").toBool()) border = c.error;
    drawBox(painter, option.rect, {.fill = fill, .border = border});
}

void drawCheckIndicator(QPainter& painter, const QStyleOption& option) {
    const ThemeColors& c = themeColors();
    const bool on = has(option, QStyle::State_On), enabled = has(option, QStyle::State_Enabled);
    const QColor fill = on ? (enabled ? lightTheme().accent : c.muted) : c.field;
    drawBox(painter, option.rect,
            {.fill = fill,
             .border = has(option, QStyle::State_HasFocus) ? c.accent
                       : on                                ? fill
                                                           : c.muted});
    const Saved saved(painter);
    painter.setPen(QPen(on ? Qt::white : c.text, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const QRectF box(option.rect);
    const auto at = [&](double x, double y) { return box.topLeft() + QPointF(x * box.width(), y * box.height()); };
    if (on) {
        const std::array<QPointF, 3> tick = {at(0.25, 0.52), at(0.43, 0.70), at(0.76, 0.32)};
        painter.drawPolyline(tick.data(), static_cast<int>(tick.size()));
    } else if (has(option, QStyle::State_NoChange)) {
        painter.drawLine(at(0.28, 0.5), at(0.72, 0.5));
    }
}

void drawPushButton(QPainter& painter, const QStyleOption& option, const QWidget* widget) {
    const ThemeColors& c = themeColors();
    const bool enabled = has(option, QStyle::State_Enabled), focus = has(option, QStyle::State_HasFocus);
    if (roleOf(widget) == WidgetRole::Main) {
        const QColor fill = enabled ? c.accent : c.border;
        return drawBox(painter, option.rect,
                       {.fill = fill, .border = focus ? c.text : fill, .width = focus ? 2.0 : 1.0});
    }
    const bool hover = enabled && has(option, QStyle::State_MouseOver);
    drawBox(painter, option.rect,
            {.fill = has(option, QStyle::State_Sunken) ? c.soft : c.panel,
             .border = focus   ? c.accent
                       : hover ? c.muted
                               : c.border});
}

void drawToolButton(QPainter& painter, const QStyleOptionToolButton& option, const QWidget* widget) {
    drawBox(painter, option.rect, toolButtonLook(option, roleOf(widget)));
}

QColor toolButtonText(const QStyleOption& option, const QWidget* widget) {
    const ThemeColors& c = themeColors();
    if (!has(option, QStyle::State_Enabled)) return c.muted;
    const WidgetRole role = roleOf(widget);
    if (has(option, QStyle::State_On)) return role == WidgetRole::Chip ? c.onAccent : c.accent;
    return role == WidgetRole::Link ? c.accent : c.text;
}

void drawScrollHandle(QPainter& painter, const QStyleOptionSlider& option, const QRect& handle) {
    const ThemeColors& c = themeColors();
    const bool held = option.activeSubControls.testFlag(QStyle::SC_ScrollBarSlider) &&
                      (has(option, QStyle::State_MouseOver) || has(option, QStyle::State_Sunken));
    drawBox(painter, handle.adjusted(1, 1, -1, -1),
            {.fill = has(option, QStyle::State_HasFocus) ? c.accent
                     : held                              ? c.muted
                                                         : c.border,
             .radius = 4});
}

void drawProgress(QPainter& painter, const QStyleOptionProgressBar& option) {
    const double span = option.maximum - option.minimum;
    const double share = span > 0 ? std::clamp((option.progress - option.minimum) / span, 0.0, 1.0) : 0;
    QRect done = option.rect;
    done.setWidth(static_cast<int>(share * done.width()));
    if (done.width() > 0) drawBox(painter, done, {.fill = themeColors().accent, .radius = 4});
}

void drawHeaderSection(QPainter& painter, const QRect& rect) {
    painter.fillRect(rect, themeColors().panel);
    painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), themeColors().border);
}

} // namespace levi
