// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/label_placer.h"

#include <algorithm>

namespace levi {
namespace {

constexpr double kBeside = 9; // right of the marker
constexpr double kAbove = 4;

// Best first: at the upper right, as a reader expects; then round the point; then at the ends of the whisker.
std::vector<QPointF> corners(const LabelPlacer::Anchor& anchor, const QSizeF& size) {
    const double right = anchor.at.x() + kBeside, left = anchor.at.x() - kBeside - size.width();
    const double middle = anchor.at.x() - size.width() / 2, level = anchor.at.y() - size.height() / 2;
    const double above = anchor.at.y() - size.height() - kAbove, below = anchor.at.y() + kAbove;
    const double over = anchor.top - size.height() - kAbove, under = anchor.bottom + kAbove;
    return {{right, above}, {right, below},  {left, above}, {left, below},  {right, level}, {left, level},
            {middle, over}, {middle, under}, {right, over}, {right, under}, {left, over},   {left, under}};
}

bool touchesAny(const QRectF& box, const std::vector<QRectF>& others) {
    return std::ranges::any_of(others, [&box](const QRectF& other) { return box.intersects(other); });
}

} // namespace

std::optional<QRectF> LabelPlacer::place(const Anchor& anchor, const QSizeF& size) {
    std::optional<QRectF> found;
    for (const QPointF& corner : corners(anchor, size)) {
        const QRectF box(corner, size);
        if (!m_frame.contains(box) || touchesAny(box, m_taken)) continue;
        if (!touchesAny(box, m_avoided)) {
            found = box;
            break;
        }
        if (!found) found = box;
    }
    if (found) take(*found);
    return found;
}

} // namespace levi
