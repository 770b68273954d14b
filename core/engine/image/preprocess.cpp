// SPDX-License-Identifier: Apache-2.0
#include "core/engine/image/preprocess.h"

#include "core/base/error.h"
#include "core/base/numbers.h"

#include <algorithm>
#include <cmath>

namespace levi {
namespace {

constexpr std::int64_t kCropLimit = 100000000; // pixels

// Where a crop begins (negative: black is added before). torchvision: the margin's half rounded to even when cutting,
// the smaller half before when padding; Hugging Face: the smaller half when cutting, the larger one when padding.
std::int64_t cropStart(std::int64_t length, std::int64_t crop, CropRounding rounding) {
    const std::int64_t margin = std::abs(length - crop);
    const std::int64_t smaller = margin / 2;
    const std::int64_t larger = margin - smaller;
    if (length < crop) return -(rounding == CropRounding::HalfToEven ? smaller : larger);
    if (rounding == CropRounding::Down || margin % 2 == 0) return smaller;
    return smaller % 2 == 0 ? smaller : larger;
}

} // namespace

Normalisation::Normalisation(const std::array<double, 3>& mean, const std::array<double, 3>& std) {
    for (std::size_t c = 0; c < 3; ++c) {
        if (!std::isfinite(mean[c]) || !std::isfinite(std[c]) || std[c] <= 0)
            throw Error(
                "Normalisation of channel {}: found mean {} and std {}, expected finite numbers and a positive std", c,
                mean[c], std[c]);
        for (std::size_t value = 0; value < 256; ++value)
            m_value[c][value] =
                (static_cast<float>(value) / 255.0F - static_cast<float>(mean[c])) / static_cast<float>(std[c]);
    }
}

void Normalisation::apply(const Picture& picture, float* out) const {
    const std::size_t pixels = picture.rgb.size() / 3;
    for (std::size_t i = 0; i < pixels; ++i)
        for (std::size_t c = 0; c < 3; ++c)
            out[c * pixels + i] = m_value[c][picture.rgb[i * 3 + c]];
}

void Normalisation::applyGrey(const Picture& picture, float* out) const {
    for (std::size_t i = 0; i + 2 < picture.rgb.size();
         i += 3) { // weights of Pillow's convert("L"), 16-bit fixed point
        const unsigned luma =
            (picture.rgb[i] * 19595U + picture.rgb[i + 1] * 38470U + picture.rgb[i + 2] * 7471U + 0x8000U) >> 16;
        out[i / 3] = m_value[0][luma];
    }
}

PictureSize shortestSideSize(PictureSize size, std::int64_t side) {
    if (side <= 0) throw Error("Shortest side: found {} pixels, expected at least 1", side);
    if (size.height <= size.width) return {.height = side, .width = side * size.width / size.height};
    return {.height = side * size.height / size.width, .width = side};
}

Picture centreCropped(const Picture& picture, PictureSize size, CropRounding rounding) {
    if (size.height <= 0 || size.width <= 0 || size.height > kCropLimit / size.width)
        throw Error("Cannot crop to {} x {} pixels: between 1 and {} are possible", size.width, size.height,
                    kCropLimit);
    Picture result(size.height, size.width);
    const std::int64_t top = cropStart(picture.height, size.height, rounding);
    const std::int64_t left = cropStart(picture.width, size.width, rounding);
    const std::int64_t firstColumn = std::max<std::int64_t>(0, -left);
    const std::int64_t columns = std::min(size.width, picture.width - left) - firstColumn;
    for (std::int64_t y = 0; y < size.height; ++y) {
        const std::int64_t row = y + top;
        if (row < 0 || row >= picture.height || columns <= 0) continue;
        std::copy_n(picture.pixel(row, firstColumn + left), columns * 3, result.pixel(y, firstColumn));
    }
    return result;
}

Picture prepared(const Picture& picture, const PreprocessRecipe& recipe) {
    PictureSize size{.height = recipe.resizeHeight, .width = recipe.resizeWidth};
    if (recipe.resize == PreprocessRecipe::Resize::ShortestSide)
        size = shortestSideSize({.height = picture.height, .width = picture.width}, recipe.resizeHeight);
    Picture whole = resized(picture, size, recipe.interpolation);
    if (recipe.cropHeight <= 0 || recipe.cropWidth <= 0) return whole;
    return centreCropped(whole, {.height = recipe.cropHeight, .width = recipe.cropWidth}, recipe.cropRounding);
}

std::optional<PictureSize> fixedSize(const PreprocessRecipe& recipe) {
    if (recipe.cropHeight > 0 && recipe.cropWidth > 0)
        return PictureSize{.height = recipe.cropHeight, .width = recipe.cropWidth};
    if (recipe.resize == PreprocessRecipe::Resize::Exact)
        return PictureSize{.height = recipe.resizeHeight, .width = recipe.resizeWidth};
    return std::nullopt;
}

PixelValues pixelValues(const Picture& picture, const PreprocessRecipe& recipe) {
    const Picture ready = prepared(picture, recipe);
    PixelValues result{.size = {.height = ready.height, .width = ready.width}, .values = {}};
    result.values.resize(ready.rgb.size());
    Normalisation(recipe.mean, recipe.std).apply(ready, result.values.data());
    return result;
}

std::string recipeText(const PreprocessRecipe& recipe) {
    std::string text = fmt::format(
        "{} {}x{} {} crop {}x{} {}", recipe.resize == PreprocessRecipe::Resize::Exact ? "exact" : "shortest",
        recipe.resizeWidth, recipe.resizeHeight, interpolationName(recipe.interpolation), recipe.cropWidth,
        recipe.cropHeight, recipe.cropRounding == CropRounding::Down ? "down" : "even");
    for (const double value : recipe.mean)
        text += fmt::format(" {}", fullPrecision(value));
    for (const double value : recipe.std)
        text += fmt::format(" {}", fullPrecision(value));
    return text;
}

} // namespace levi
