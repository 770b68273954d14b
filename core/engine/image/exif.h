// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/image/picture.h"

#include <cstddef>
#include <span>

namespace levi {

// The EXIF orientation (1 to 8) of an encoded JPEG, PNG or WebP; 1 (upright) where there is none or it cannot be read:
// a damaged tag never spoils a picture.
int exifOrientation(std::span<const std::byte> encoded);

// The picture turned and mirrored so that it stands upright (Exif 2.32, table 6: orientation tag 274).
Picture upright(Picture picture, int orientation);

} // namespace levi
