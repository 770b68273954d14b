// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme.h"

#include <QApplication>
#include <QFontDatabase>
#include <QPalette>
#include <QStyleFactory>

namespace levi {
namespace {

const ThemeColors* s_current = nullptr;

bool systemIsDark() {
    // The platform's own palette, from before we set ours.
    static const bool s_dark = QApplication::palette().color(QPalette::Window).lightness() < 128;
    return s_dark;
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

// Only what a palette cannot say. `[role=...]` are dynamic properties that our widgets carry.
QString styleSheetOf(const ThemeColors& c) {
    return QStringLiteral(R"(
QToolTip { background: %panel; color: %text; border: 1px solid %border; padding: 4px; }
QFrame[role="card"] { background: %panel; border: 1px solid %border; border-radius: 4px; }
QLabel[role="muted"] { color: %muted; }
QLabel[role="error"] { color: %error; }
QLabel[role="warning"] { color: %warning; }
QLabel[role="ok"] { color: %ok; }
QPushButton[role="main"] { background: %accent; color: %onAccent; border: 1px solid %accent; border-radius: 3px; padding: 5px 16px; font-weight: 600; }
QPushButton[role="main"]:focus { border: 2px solid %text; padding: 4px 15px; }
QPushButton[role="main"]:disabled { background: %border; color: %muted; border-color: %border; }
)")
        .replace(QLatin1String("%onAccent"), c.onAccent.name())
        .replace(QLatin1String("%panel"), c.panel.name())
        .replace(QLatin1String("%text"), c.text.name())
        .replace(QLatin1String("%border"), c.border.name())
        .replace(QLatin1String("%muted"), c.muted.name())
        .replace(QLatin1String("%error"), c.error.name())
        .replace(QLatin1String("%warning"), c.warning.name())
        .replace(QLatin1String("%ok"), c.ok.name())
        .replace(QLatin1String("%accent"), c.accent.name());
}

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

void applyTheme(QApplication& application, Lightness lightness) {
    const bool dark = lightness == Lightness::Dark || (lightness == Lightness::System && systemIsDark());
    s_current = dark ? &darkTheme() : &lightTheme();
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    QApplication::setPalette(paletteOf(*s_current));
    application.setStyleSheet(styleSheetOf(*s_current));
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
