// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/views.h"

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/engine/data/augment.h"

#include <ATen/ops/empty.h>

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

// What goes wrong with the pixels of a picture that could be read names it too.
template<typename Work>
auto naming(const Sample& sample, const Work& work) {
    try {
        return work();
    } catch (const Error& error) {
        throw Error("{}: {}", sample.id(), error.what());
    }
}

class PictureWriter final : public ReadingWriter {
public:
    PictureWriter(const PictureView& view, const WriterPlan& plan) : m_view(view), m_plan(plan) {
        const auto [channels, height, width] = view.shape();
        m_pixels = at::empty({plan.rows, channels, height, width}, at::kFloat);
    }

    void add(Sample& sample) override {
        const auto makeBase = [&] {
            const Picture& decoded = sample.picture();
            return naming(sample, [&] { return m_view.base(decoded); });
        };
        std::optional<std::uint64_t> seed;
        if (m_plan.augmented && !m_view.deterministic()) seed = augmentSeed(*m_plan.augmented, m_view, sample.id());
        const PictureCache::Key key{sample.rows().tableRow(sample.position()), m_view.basesAreWhole()};
        const auto base = m_plan.cache ? m_plan.cache->get(key, makeBase) : std::make_shared<const Picture>(makeBase());
        float* out = m_pixels.data_ptr<float>() + m_count++ * m_view.valueCount();
        naming(sample, [&] { m_view.write(*base, seed, out); });
    }

    Reading take() override { return {.pixels = m_pixels}; }

private:
    const PictureView& m_view;
    WriterPlan m_plan;
    at::Tensor m_pixels;
    std::int64_t m_count = 0;
};

} // namespace

const Picture& Sample::picture() {
    if (!m_picture) m_picture = m_rows.picture(m_position);
    return *m_picture;
}

const SampleText& Sample::text() {
    if (!m_text) m_text = m_rows.text(m_position);
    return *m_text;
}

const SampleFields& Sample::fields() {
    if (!m_fields) m_fields = m_rows.fields(m_position);
    return *m_fields;
}

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

std::shared_ptr<const View> PictureView::plain() const {
    auto view = std::make_shared<PictureView>(*this);
    view->m_augment = {};
    return view;
}

std::unique_ptr<ReadingWriter> PictureView::writer(const WriterPlan& plan) const {
    return std::make_unique<PictureWriter>(*this, plan);
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

std::uint64_t augmentSeed(const Augmented& augmented, const View& view, std::string_view rowId) {
    return streamSeed(augmented.seed, fmt::format("augment/{}/{}", view.reader(), rowId),
                      static_cast<std::uint64_t>(augmented.epoch));
}

} // namespace levi
