// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMenu>

namespace levi {

// A line and a heading. QMenu::addSection does not show its text under our style sheet.
inline void addMenuHeading(QMenu& menu, const QString& text) {
    if (!menu.isEmpty()) menu.addSeparator();
    QAction* heading = menu.addAction(text);
    heading->setEnabled(false);
    QFont font = heading->font();
    font.setBold(true);
    heading->setFont(font);
}

} // namespace levi
