// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme.h"

#include <QApplication>
#include <QFontDatabase>
#include <QPalette>
#include <QScopedValueRollback>
#include <QStyleFactory>

#include <utility>

namespace levi {
namespace {

const ThemeColors* s_current = nullptr;

Lightness s_lightness = Lightness::System;
bool s_isOurs = false; // the palette is being changed by us

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

// Only what a palette cannot say. `[role=...]` are dynamic properties that our widgets carry.
constexpr const char kStyleSheet[] = R"(
QToolTip { background: %panel; color: %text; border: 1px solid %border; padding: 4px; }
QFrame[role="card"] { background: %panel; border: 1px solid %border; border-radius: 4px; }
QLabel[role="muted"] { color: %muted; }
QLabel[role="error"] { color: %error; }
QLabel[role="warning"] { color: %warning; }
QLabel[role="ok"] { color: %ok; }
QLabel[role="heading"] { font-weight: 600; }
QFrame[role="line"] { background: %border; border: none; }
QScrollArea { border: none; background: transparent; }
QScrollArea > QWidget > QWidget { background: transparent; }
QSplitter::handle { background: transparent; }
QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QAbstractSpinBox {
  background: %field; border: 1px solid %border; border-radius: 3px; padding: 3px 6px;
  selection-background-color: %accent; selection-color: %onAccent; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus, QAbstractSpinBox:focus { border-color: %accent; }
QLineEdit:read-only, QPlainTextEdit:read-only, QTextEdit:read-only { background: %window; }
QTextBrowser:read-only { background: %panel; padding: 0; }
QLineEdit[changed="true"], QComboBox[changed="true"], QCheckBox[changed="true"] { font-weight: 600; }
QLineEdit[problem="true"], QComboBox[problem="true"] { border-color: %error; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: url(:/levi/icons/arrow.svg); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: %panel; border: 1px solid %border; selection-background-color: %soft; selection-color: %text; }
QCheckBox::indicator { width: 14px; height: 14px; border: 1px solid %muted; border-radius: 3px; background: %field; }
QCheckBox::indicator:checked { background: %tick; border-color: %tick; image: url(:/levi/icons/tick.svg); }
QCheckBox::indicator:focus { border: 1px solid %accent; }
QCheckBox:focus { color: %accent; }
QPushButton { background: %panel; border: 1px solid %border; border-radius: 3px; padding: 4px 12px; }
QPushButton, QToolButton, QCheckBox, QTabBar { outline: none; }
QPushButton:hover { border-color: %muted; }
QPushButton:pressed { background: %soft; }
QPushButton:focus { border-color: %accent; }
QPushButton:disabled { color: %muted; }
QPushButton[role="main"] { background: %accent; color: %onAccent; border: 1px solid %accent; padding: 4px 16px; font-weight: 600; }
QPushButton[role="main"]:focus { border: 2px solid %text; padding: 3px 15px; }
QPushButton[role="main"]:disabled { background: %border; color: %muted; border-color: %border; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: 3px; padding: 3px; }
QToolButton:hover { background: %soft; }
QToolButton:checked { background: %soft; color: %accent; }
QToolButton:focus { border-color: %accent; }
QToolButton:disabled { color: %muted; }
QToolButton::menu-indicator { image: none; }
QToolButton::menu-button { border: none; width: 16px; }
QToolButton::menu-arrow { image: url(:/levi/icons/arrow.svg); width: 10px; height: 10px; }
QToolButton[popupMode="1"] { padding-right: 18px; }
QToolButton[role="rail"]:hover { background: transparent; border-color: %border; }
QToolButton[role="rail"]:checked { background: %soft; border-color: %soft; }
QToolButton[role="rail"]:focus { border-color: %accent; }
QToolButton[role="heading"] { font-weight: 600; text-align: left; padding: 2px; }
QToolButton[role="link"] { color: %accent; }
QToolButton[role="box"] { background: %field; border: 1px solid %border; padding: 3px 8px; }
QToolButton[role="box"]:focus { border-color: %accent; }
QToolButton[role="chip"] { background: %field; border: 1px solid %border; border-radius: 9px; padding: 1px 9px; }
QToolButton[role="chip"]:checked { background: %accent; border-color: %accent; color: %onAccent; }
QToolButton[role="chip"]:focus { border: 2px solid %text; padding: 0px 8px; }
QListView, QTreeView, QTableView { background: %panel; border: 1px solid %border; border-radius: 3px; outline: none;
  selection-background-color: %soft; selection-color: %text; alternate-background-color: %window; gridline-color: %grid; }
QListView:focus, QTreeView:focus, QTableView:focus { border-color: %accent; }
QListView::item { padding: 2px; }
QHeaderView { background: %panel; border: none; }
QHeaderView::section { background: %panel; color: %muted; border: none; border-bottom: 1px solid %border; padding: 4px 3px; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: %border; border-radius: 4px; min-height: 32px; min-width: 32px; margin: 1px; }
QScrollBar::handle:hover { background: %muted; }
QScrollBar::handle:focus { background: %accent; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QProgressBar { background: %grid; border: none; border-radius: 4px; }
QProgressBar::chunk { background: %accent; border-radius: 4px; }
QMenu { background: %panel; border: 1px solid %border; padding: 4px; }
QMenu::item { padding: 4px 24px 4px 12px; border-radius: 3px; }
QMenu::item:selected { background: %soft; color: %text; }
QMenu::item:disabled { color: %muted; }
QMenu::separator { height: 1px; background: %border; margin: 4px; }
)";

QString styleSheetOf(const ThemeColors& c) {
    const std::pair<const char*, QColor> colors[] = {{"%onAccent", c.onAccent},
                                                     {"%accent", c.accent},
                                                     {"%window", c.window},
                                                     {"%panel", c.panel},
                                                     {"%field", c.field},
                                                     {"%border", c.border},
                                                     {"%muted", c.muted},
                                                     {"%error", c.error},
                                                     {"%warning", c.warning},
                                                     {"%soft", c.soft},
                                                     {"%grid", c.grid},
                                                     {"%text", c.text},
                                                     {"%tick", lightTheme().accent},
                                                     {"%ok", c.ok}};
    QString sheet = QString::fromUtf8(kStyleSheet);
    for (const auto& [name, color] : colors)
        sheet.replace(QLatin1String(name), color.name());
    return sheet;
}

void wear(QApplication& application, const ThemeColors& theme) {
    const QScopedValueRollback ours(s_isOurs, true);
    s_current = &theme;
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    QApplication::setPalette(paletteOf(theme));
    application.setStyleSheet(styleSheetOf(theme));
}

// Looks when somebody else has changed the palette or the platform's theme. What we change ourselves is no reason to
// look, so there is no loop; several events are one look.
class SystemWatch : public QObject {
public:
    explicit SystemWatch(QApplication& application) : QObject(&application), m_application(application) {}

    bool eventFilter(QObject*, QEvent* event) override {
        const bool tells = event->type() == QEvent::ThemeChange || event->type() == QEvent::ApplicationPaletteChange;
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
        if (isReplaced || dark != s_current->isDark) wear(m_application, dark ? darkTheme() : lightTheme());
    }

    QApplication& m_application;
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

// An application's palette lies over that of the platform's theme: taken away for a moment, that one is seen.
bool systemIsDark() {
    if (!s_current) return isDark(QApplication::palette());
    const QScopedValueRollback ours(s_isOurs, true);
    const QPalette before = QApplication::palette();
    QApplication::setPalette(QPalette());
    const bool dark = isDark(QApplication::palette());
    QApplication::setPalette(before);
    return dark;
}

void applyTheme(QApplication& application, Lightness lightness) {
    const bool dark = lightness == Lightness::Dark || (lightness == Lightness::System && systemIsDark());
    wear(application, dark ? darkTheme() : lightTheme());
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
