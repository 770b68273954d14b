// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace levi {

struct Point {
    double x = 0;
    double y = 0;
};

constexpr std::int64_t kShapeCount = 8; // disc, square, triangle, star, cross, ring, moon, half disc

// About how far `point` lies outside (negative: inside) of a shape of radius 1 around the origin.
double shapeDistance(std::int64_t shape, Point point);

// Brightness in [-1, 1] of a fill pattern; coordinates in shape radii. As many patterns as shapes; 0 is plain.
double patternValue(std::int64_t pattern, Point point);

} // namespace levi
