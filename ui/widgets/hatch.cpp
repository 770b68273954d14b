// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/hatch.h"

#include <algorithm>
#include <cmath>

namespace levi {
namespace {

constexpr double kDistance = 5; // pixels between two lines, at a right angle

// Lines from lower left to upper right: those on which x + y is constant.
void addRising(QVector<QLineF>& lines, const QRectF& rect) {
    const double step = kDistance * std::sqrt(2.0);
    for (double sum = rect.left() + rect.top() + step; sum < rect.right() + rect.bottom(); sum += step) {
        const double left = std::max(rect.left(), sum - rect.bottom());
        const double right = std::min(rect.right(), sum - rect.top());
        lines.push_back({left, sum - left, right, sum - right});
    }
}

void addLevel(QVector<QLineF>& lines, const QRectF& rect) {
    for (double y = rect.bottom() - kDistance; y > rect.top(); y -= kDistance)
        lines.push_back({rect.left(), y, rect.right(), y});
}

} // namespace

QVector<QLineF> hatchLines(const QRectF& rect, Hatch hatch) {
    QVector<QLineF> lines;
    if (hatch == Hatch::Rising || hatch == Hatch::Crossed) addRising(lines, rect);
    if (hatch == Hatch::Level) addLevel(lines, rect);
    if (hatch != Hatch::Crossed) return lines;
    QVector<QLineF> mirrored = lines;
    for (QLineF& line : mirrored) {
        const auto flipped = [&rect](const QPointF& p) { return QPointF(rect.left() + rect.right() - p.x(), p.y()); };
        line = QLineF(flipped(line.p1()), flipped(line.p2()));
    }
    return lines + mirrored;
}

} // namespace levi
