// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/image/picture.h"
#include "core/jobs/backbone_info.h"

#include <cstdint>

namespace levi {

struct PictureSize {
    std::int64_t height = 0;
    std::int64_t width = 0;

    bool operator==(const PictureSize&) const = default;
};

// Antialiased resampling, equal to Pillow's to the last bit: the kernel (triangle, or Keys' cubic with a = -0.5) is
// stretched by the scale when shrinking; 22-bit fixed-point weights, rows first, rounded to 8 bits between the passes.
// LibTorch's own uint8 kernel keeps 15-bit weights and differs by 1 or 2 of 255 here and there. Throws Error on absurd
// sizes.
Picture resized(const Picture& picture, PictureSize size, Interpolation interpolation);

} // namespace levi
