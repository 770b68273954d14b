// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/views.h"

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/engine/data/augment.h"

#include <algorithm>

namespace levi {
namespace {

PreprocessRecipe withFixedSize(PreprocessRecipe recipe) {
    if (!fixedSize(recipe)) recipe.cropWidth = recipe.cropHeight = recipe.resizeHeight;
    return recipe;
}

PreprocessRecipe specialistRecipe(std::int64_t resolution) {
    PreprocessRecipe recipe;
    recipe.resize = PreprocessRecipe::Resize::ShortestSide;
    recipe.resizeWidth = recipe.resizeHeight = resolution;
    recipe.cropWidth = recipe.cropHeight = resolution;
    recipe.interpolation = Interpolation::Bilinear;
    recipe.std = {0.25, 0.25, 0.25};
    return recipe;
}

// Of `size`, not upscaled, the shortest side at most `side`.
Picture atMost(const Picture& picture, std::int64_t side, Interpolation interpolation) {
    if (std::min(picture.height, picture.width) <= side) return picture;
    const PictureSize size = shortestSideSize({.height = picture.height, .width = picture.width}, side);
    return resized(picture, size, interpolation);
}

} // namespace

PictureView::PictureView(std::string reader, PreprocessRecipe recipe, AugmentOptions augment)
    : m_reader(std::move(reader)),
      m_recipe(withFixedSize(recipe)),
      m_augment(augment),
      m_normalisation(recipe.mean, recipe.std) {}

PictureView PictureView::ofBackbone(const PreprocessRecipe& recipe, const AugmentOptions& augment) {
    return {"backbone", recipe, augment};
}

PictureView PictureView::ofSpecialist(const SpecialistPictureOptions& options) {
    PictureView view("specialist", specialistRecipe(options.resolution), options);
    view.m_colour = options.colour;
    return view;
}

PictureView PictureView::withoutAugmentation() const {
    PictureView view = *this;
    view.m_augment = {};
    return view;
}

std::array<std::int64_t, 3> PictureView::shape() const {
    const PictureSize size = *fixedSize(m_recipe);
    return {m_colour == Colour::Grey ? 1 : 3, size.height, size.width};
}

std::int64_t PictureView::valueCount() const {
    const auto [channels, height, width] = shape();
    return channels * height * width;
}

Picture PictureView::base(const Picture& decoded) const {
    if (m_augment.cropShare >= 1.0) return prepared(decoded, m_recipe);
    const auto [channels, height, width] = shape();
    return atMost(decoded, 2 * std::max(height, width), m_recipe.interpolation);
}

void PictureView::write(const Picture& base, std::optional<std::uint64_t> augmentSeed, float* out) const {
    const PictureSize size = *fixedSize(m_recipe);
    const bool cropped = m_augment.cropShare < 1.0;
    Picture picture;
    if (augmentSeed && m_augment.any()) {
        Random random(*augmentSeed);
        picture =
            augmented(base, {.options = m_augment, .size = size, .interpolation = m_recipe.interpolation}, random);
    } else if (cropped) {
        picture = prepared(base, m_recipe);
    }
    const Picture& ready = picture.rgb.empty() ? base : picture;
    if (ready.height != size.height || ready.width != size.width)
        throw Error("The {} reads {} x {} pixels, found a base picture of {} x {}", m_reader, size.width, size.height,
                    ready.width, ready.height);
    if (m_colour == Colour::Grey)
        m_normalisation.applyGrey(ready, out);
    else
        m_normalisation.apply(ready, out);
}

std::string PictureView::text() const {
    return fmt::format("{}{}", recipeText(m_recipe), m_colour == Colour::Grey ? " grey" : "");
}

std::uint64_t augmentSeed(std::uint64_t seed, std::int64_t epoch, const PictureView& view, std::string_view rowId) {
    return streamSeed(seed, fmt::format("augment/{}/{}", view.reader(), rowId), static_cast<std::uint64_t>(epoch));
}

} // namespace levi
