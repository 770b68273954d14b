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

} // namespace

bool LabelPlacer::isFree(const QRectF& box) const {
    return m_frame.contains(box) &&
           std::ranges::none_of(m_taken, [&box](const QRectF& other) { return box.intersects(other); });
}

std::optional<QRectF> LabelPlacer::place(const Anchor& anchor, const QSizeF& size) {
    for (const QPointF& corner : corners(anchor, size)) {
        const QRectF box(corner, size);
        if (!isFree(box)) continue;
        take(box);
        return box;
    }
    return std::nullopt;
}

} // namespace levi
