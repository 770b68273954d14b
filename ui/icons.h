// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIcon>
#include <QString>

namespace levi {

// One of our 16-grid line drawings (ui/icons/<name>.svg), drawn in the palette's colours of the moment: text, or the
// accent where it is checked, or muted where it is disabled.
QIcon icon(const QString& name);

} // namespace levi
