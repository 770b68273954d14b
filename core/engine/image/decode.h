// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/image/picture.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace levi {

struct DecodeOptions {
    bool applyExif = true;               // turn the picture upright as its EXIF orientation says
    std::int64_t pixelLimit = 100000000; // larger pictures are refused before anything is allocated
};

// JPEG, PNG or WebP from memory, told apart by their first bytes; the extension does not count. Grey is copied to three
// channels, palettes are looked up, alpha is dropped (not composited), of 16 bits the high byte is kept, embedded
// colour profiles and gamma are ignored: as the usual pipelines read training pictures. CMYK and animations are
// refused. Throws Error naming the picture where it is damaged, cut short, too large or of another kind. Thread-safe.
Picture decodePicture(std::span<const std::byte> bytes, std::string_view name, const DecodeOptions& options = {});

} // namespace levi
