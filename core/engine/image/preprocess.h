// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/image/picture.h"
#include "core/engine/image/resample.h"
#include "core/jobs/backbone_info.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace levi {

// (value / 255 - mean) / std per channel, in float32, by table.
class Normalisation {
public:
    Normalisation(const std::array<double, 3>& mean, const std::array<double, 3>& std);

    // out: (3, height, width), picture.rgb.size() floats.
    void apply(const Picture& picture, float* out) const;

    // out: (height, width) floats: Rec. 601 luma rounded to 8 bits, by the first channel's table.
    void applyGrey(const Picture& picture, float* out) const;

private:
    std::array<std::array<float, 256>, 3> m_value{};
};

// Height and width after "shortest side to `side`": the other is side * long / short, rounded down.
PictureSize shortestSideSize(PictureSize size, std::int64_t side);

// The middle of a picture; beyond its edges black. Where the margin is odd, `rounding` decides.
Picture centreCropped(const Picture& picture, PictureSize size, CropRounding rounding);

// Resized and cropped, still 8 bits a channel.
Picture prepared(const Picture& picture, const PreprocessRecipe& recipe);

// What comes out of `prepared` for any picture; nothing where that depends on the picture (shortest side without crop).
std::optional<PictureSize> fixedSize(const PreprocessRecipe& recipe);

struct PixelValues {
    PictureSize size;
    std::vector<float> values; // (3, height, width)
};

PixelValues pixelValues(const Picture& picture, const PreprocessRecipe& recipe);

// The recipe as text, the same for recipes that give the same values: part of cache keys.
std::string recipeText(const PreprocessRecipe& recipe);

} // namespace levi
