// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/shapes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace levi {
namespace {

double disc(Point p, double radius) {
    return std::hypot(p.x, p.y) - radius;
}
double box(Point p, double halfWidth, double halfHeight) {
    return std::max(std::abs(p.x) - halfWidth, std::abs(p.y) - halfHeight);
}
double square(Point p) {
    return box(p, 0.82, 0.82);
}
double cross(Point p) {
    return std::min(box(p, 1.0, 0.32), box(p, 0.32, 1.0));
}
double ring(Point p) {
    return std::abs(disc(p, 0.72)) - 0.26;
}
double moon(Point p) {
    return std::max(disc(p, 1.0), -disc({p.x - 0.5, p.y}, 0.85));
}
double halfDisc(Point p) {
    return std::max(disc({p.x, p.y - 0.4}, 1.0), p.y - 0.4);
}

double triangle(Point p) { // the intersection of three half-planes at distance 0.55 from the centre
    double farthest = -10;
    for (int side = 0; side < 3; ++side) {
        const double angle = std::numbers::pi * (0.5 + 2.0 * side / 3.0);
        farthest = std::max(farthest, p.x * std::cos(angle) + p.y * std::sin(angle) - 0.55);
    }
    return farthest;
}

double star(Point p) { // five tips at radius 1.05, notches at 0.45: the edge of one folded half-sector
    constexpr double kSector = 2.0 * std::numbers::pi / 5.0;
    const double radius = std::hypot(p.x, p.y);
    double angle = std::remainder(std::atan2(p.y, p.x), kSector);
    angle = std::abs(angle);
    const Point folded{radius * std::cos(angle), radius * std::sin(angle)};
    const Point tip{1.05, 0};
    const Point notch{0.45 * std::cos(kSector / 2), 0.45 * std::sin(kSector / 2)};
    const Point edge{notch.x - tip.x, notch.y - tip.y};
    const double length = std::hypot(edge.x, edge.y);
    return (edge.y * (folded.x - tip.x) - edge.x * (folded.y - tip.y)) / length;
}

double wave(double x) {
    return std::sin(2.0 * std::numbers::pi * x);
}
double hard(double value) {
    return std::clamp(4.0 * value, -1.0, 1.0);
}

} // namespace

double shapeDistance(std::int64_t shape, Point p) {
    switch (shape) {
    case 0:
        return disc(p, 0.92);
    case 1:
        return square(p);
    case 2:
        return triangle(p);
    case 3:
        return star(p);
    case 4:
        return cross(p);
    case 5:
        return ring(p);
    case 6:
        return moon(p);
    default:
        return halfDisc(p);
    }
}

double patternValue(std::int64_t pattern, Point p) {
    switch (pattern) {
    case 0:
        return 0.0; // plain
    case 1:
        return hard(wave(1.6 * p.y)); // lines across
    case 2:
        return hard(wave(1.6 * p.x)); // lines along
    case 3:
        return hard(wave(1.3 * p.x) * wave(1.3 * p.y)); // chequered
    case 4:
        return hard(wave(1.2 * (p.x + p.y))); // oblique lines
    case 5:
        return hard(wave(1.6 * std::hypot(p.x, p.y))); // circles
    case 6:
        return std::clamp(p.x, -1.0, 1.0); // shaded
    default:
        return hard(wave(1.5 * p.x) + wave(1.5 * p.y) - 1.0); // dots
    }
}

} // namespace levi
