// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/fields.h"

#include <cstdint>

namespace levi {

enum class Colour { Rgb, Grey };
template<>
inline const std::vector<std::string> kEnumNames<Colour> = {"rgb", "grey"};

// Random changes of training pictures, drawn anew each epoch. All off: the view is deterministic and features can be
// kept.
struct AugmentOptions {
    bool flip = false;      // left-right, half of the pictures
    double cropShare = 1.0; // random crops of at least this share of the area; 1: none
    double jitter = 0.0;    // brightness, contrast and saturation each scaled by 1 ± jitter; 0: none

    bool any() const { return flip || cropShare < 1.0 || jitter > 0.0; }
};

// What the backbone reads. Resize, crop, mean and standard deviation are the checkpoint's own.
struct BackbonePictureOptions : AugmentOptions {};

// What the specialist reads: resized so that the shortest side is `resolution`, cropped to a square, standardised.
struct SpecialistPictureOptions : AugmentOptions {
    std::int64_t resolution = 48;
    Colour colour = Colour::Rgb;
};

FieldTable backbonePictureFields();
FieldTable specialistPictureFields();

} // namespace levi
