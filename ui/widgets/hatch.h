// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/method_style.h"

#include <QLineF>
#include <QRectF>
#include <QVector>

namespace levi {

// Lines of a hatch inside a rectangle, cut at its edges. Pattern brushes look different on every device and are no
// paths in SVG: these are the same everywhere.
QVector<QLineF> hatchLines(const QRectF& rect, Hatch hatch);

} // namespace levi
