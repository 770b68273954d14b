// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/app_settings.h"

#include <QColor>
#include <QFont>

class QApplication;

namespace levi {

// Colours by what they mean. One accent; grey does the rest.
struct ThemeColors {
    bool isDark = false;
    QColor window; // behind everything
    QColor panel;  // cards, tables, plots
    QColor field;  // boxes to type in
    QColor border; // 1-pixel lines
    QColor text;
    QColor muted;  // secondary text: at least 4.5 : 1 on window and panel
    QColor accent; // selection, focus, the one main button
    QColor onAccent;
    QColor soft;               // accent, faint: selected rows, tapped regions
    QColor ok, warning, error; // as text on panel
    QColor grid;               // of plots
};

const ThemeColors& lightTheme();
const ThemeColors& darkTheme();
const ThemeColors& themeColors(); // the one in use; widgets repaint on QEvent::PaletteChange

// Fusion with our palette. Call once before the first widget, again when the setting changes.
void applyTheme(QApplication& application, Lightness lightness);

// From now on the looks follow the system while the setting is Lightness::System. Qt 6.4 does not say what the system
// prefers (QStyleHints::colorScheme came with 6.5) nor listens to the desktop portal: all there is to see is the
// palette of the platform's theme, and that it has changed where a plugin for the desktop announces it (KDE's does;
// GTK's and plain X11 or Wayland do not, there the lightness is that of the start).
void followSystem(QApplication& application);
bool systemIsDark(); // as far as that palette tells

QFont headingFont(); // 1.25 x
QFont monospaceFont();
constexpr int kGrid = 8; // pixels: every gap and margin is a multiple

} // namespace levi
