// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace levi {

// Decoded pixels, (height, width, 3), 8 bits a channel, rows from the top, red first.
struct Picture {
    std::int64_t height = 0;
    std::int64_t width = 0;
    std::vector<std::uint8_t> rgb;

    Picture() = default;
    Picture(std::int64_t rows, std::int64_t columns)
        : height(rows), width(columns), rgb(static_cast<std::size_t>(rows * columns * 3)) {}

    const std::uint8_t* pixel(std::int64_t y, std::int64_t x) const { return rgb.data() + (y * width + x) * 3; }
    std::uint8_t* pixel(std::int64_t y, std::int64_t x) { return rgb.data() + (y * width + x) * 3; }

    bool operator==(const Picture&) const = default;
};

} // namespace levi
