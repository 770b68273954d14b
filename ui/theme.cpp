// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme.h"

#include "ui/style/workbench_style.h"

#include <QApplication>
#include <QFontDatabase>
#include <QPalette>
#include <QScopedValueRollback>
#include <QToolTip>

#include <optional>
#include <utility>

namespace levi {
namespace {

const ThemeColors* s_current = nullptr;

Lightness s_lightness = Lightness::System;
bool s_isOurs = false;              // the palette is being changed by us
std::optional<bool> s_isSystemDark; // as it was found when the system last said anything

bool isDark(const QPalette& palette) {
    return palette.color(QPalette::Window).lightness() < 128;
}

QPalette paletteOf(const ThemeColors& c) {
    QPalette p;
    p.setColor(QPalette::Window, c.window);
    p.setColor(QPalette::WindowText, c.text);
    p.setColor(QPalette::Base, c.field);
    p.setColor(QPalette::AlternateBase, c.window);
    p.setColor(QPalette::Text, c.text);
    p.setColor(QPalette::PlaceholderText, c.muted);
    p.setColor(QPalette::Button, c.panel);
    p.setColor(QPalette::ButtonText, c.text);
    p.setColor(QPalette::BrightText, c.error);
    p.setColor(QPalette::Highlight, c.accent);
    p.setColor(QPalette::HighlightedText, c.onAccent);
    p.setColor(QPalette::Link, c.accent);
    p.setColor(QPalette::LinkVisited, c.accent);
    p.setColor(QPalette::ToolTipBase, c.panel);
    p.setColor(QPalette::ToolTipText, c.text);
    p.setColor(QPalette::Light, c.isDark ? c.border : c.panel);
    p.setColor(QPalette::Midlight, c.panel);
    p.setColor(QPalette::Mid, c.border);
    p.setColor(QPalette::Dark, c.isDark ? c.window.darker(130) : c.border.darker(110));
    p.setColor(QPalette::Shadow, c.isDark ? QColor(0, 0, 0) : c.border.darker(140));
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        p.setColor(QPalette::Disabled, role, c.muted);
    p.setColor(QPalette::Disabled, QPalette::Base, c.window);
    p.setColor(QPalette::Disabled, QPalette::Highlight, c.border);
    p.setColor(QPalette::Disabled, QPalette::HighlightedText, c.text);
    return p;
}

void wear(const ThemeColors& theme) {
    const QScopedValueRollback ours(s_isOurs, true);
    const bool isFirst = !s_current;
    s_current = &theme;
    if (isFirst) QApplication::setStyle(new WorkbenchStyle);
    QApplication::setPalette(paletteOf(theme));
    QToolTip::setPalette(paletteOf(theme));
    WorkbenchStyle::dressAll();
}

// Looks when somebody else has changed the palette or the platform's theme. What we change ourselves is no reason to
// look, so there is no loop; several events are one look.
class SystemWatch : public QObject {
public:
    explicit SystemWatch(QApplication& application) : QObject(&application) {}

    bool eventFilter(QObject*, QEvent* event) override {
        const bool tells = event->type() == QEvent::ThemeChange || event->type() == QEvent::ApplicationPaletteChange;
        if (tells && !s_isOurs) s_isSystemDark.reset();
        if (tells && !s_isOurs && !std::exchange(m_willLook, true))
            QMetaObject::invokeMethod(
                this, [this] { look(); }, Qt::QueuedConnection);
        return false;
    }

private:
    void look() {
        m_willLook = false;
        if (!s_current) return;
        // A plugin may put the new palette in place of ours.
        const bool isReplaced = QApplication::palette().color(QPalette::Window) != s_current->window;
        bool dark = s_current->isDark;
        if (s_lightness == Lightness::System) dark = isReplaced ? isDark(QApplication::palette()) : systemIsDark();
        if (isReplaced || dark != s_current->isDark) wear(dark ? darkTheme() : lightTheme());
    }

    bool m_willLook = false;
};

} // namespace

const ThemeColors& lightTheme() {
    static const ThemeColors s_light{.isDark = false,
                                     .window = QColor(0xf4, 0xf5, 0xf7),
                                     .panel = QColor(0xff, 0xff, 0xff),
                                     .field = QColor(0xff, 0xff, 0xff),
                                     .border = QColor(0xcf, 0xd5, 0xdd),
                                     .text = QColor(0x1c, 0x24, 0x2d),
                                     .muted = QColor(0x5a, 0x66, 0x73),
                                     .accent = QColor(0x1f, 0x62, 0xc4),
                                     .onAccent = QColor(0xff, 0xff, 0xff),
                                     .soft = QColor(0xe3, 0xec, 0xfa),
                                     .ok = QColor(0x1f, 0x6f, 0x43),
                                     .warning = QColor(0x8f, 0x55, 0x00),
                                     .error = QColor(0xb3, 0x26, 0x1e),
                                     .grid = QColor(0xe6, 0xe9, 0xed)};
    return s_light;
}

const ThemeColors& darkTheme() {
    static const ThemeColors s_dark{.isDark = true,
                                    .window = QColor(0x1b, 0x1f, 0x24),
                                    .panel = QColor(0x24, 0x29, 0x30),
                                    .field = QColor(0x1b, 0x1f, 0x24),
                                    .border = QColor(0x3d, 0x45, 0x50),
                                    .text = QColor(0xe4, 0xe8, 0xed),
                                    .muted = QColor(0x9d, 0xa8, 0xb5),
                                    .accent = QColor(0x7a, 0xae, 0xff),
                                    .onAccent = QColor(0x0e, 0x14, 0x1c),
                                    .soft = QColor(0x2c, 0x3a, 0x50),
                                    .ok = QColor(0x74, 0xc6, 0x93),
                                    .warning = QColor(0xe6, 0xb0, 0x66),
                                    .error = QColor(0xf2, 0x8b, 0x82),
                                    .grid = QColor(0x32, 0x39, 0x42)};
    return s_dark;
}

const ThemeColors& themeColors() {
    return s_current ? *s_current : lightTheme();
}

// An application's palette lies over that of the platform's theme: taken away for a moment, that one is seen. Every
// widget hears of it, so it is done once for each time that the system says something.
bool systemIsDark() {
    if (s_isSystemDark) return *s_isSystemDark;
    if (!s_current) return *(s_isSystemDark = isDark(QApplication::palette()));
    const QScopedValueRollback ours(s_isOurs, true);
    const QPalette before = QApplication::palette();
    QApplication::setPalette(QPalette());
    const bool dark = isDark(QApplication::palette());
    QApplication::setPalette(before);
    s_isSystemDark = dark;
    return dark;
}

void applyTheme(QApplication&, Lightness lightness) {
    const bool dark = lightness == Lightness::Dark || (lightness == Lightness::System && systemIsDark());
    wear(dark ? darkTheme() : lightTheme());
    s_lightness = lightness;
}

void followSystem(QApplication& application) {
    application.installEventFilter(new SystemWatch(application));
}

QFont headingFont() {
    QFont font = QApplication::font();
    font.setPointSizeF(font.pointSizeF() * 1.25);
    font.setWeight(QFont::DemiBold);
    return font;
}

QFont monospaceFont() {
    return QFontDatabase::systemFont(QFontDatabase::FixedFont);
}

} // namespace levi
