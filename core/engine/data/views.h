// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/view.h"
#include "core/engine/image/preprocess.h"
#include "core/jobs/backbone_info.h"
#include "core/spec/views/picture_views.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace levi {

// How one reader sees pictures. A value.
// Two steps: `base` (deterministic, 8 bits, worth keeping in memory) and `write` (augmentation and normalisation).
class PictureView : public View {
public:
    // The checkpoint's own recipe; where its result would depend on the picture, the middle square is taken.
    static PictureView ofBackbone(const PreprocessRecipe& recipe, const AugmentOptions& augment);

    // Shortest side to `resolution` (bilinear), middle square, (value / 255 - 0.5) / 0.25; grey by Rec. 601 luma.
    static PictureView ofSpecialist(const SpecialistPictureOptions& options);

    const std::string& reader() const override { return m_reader; }
    ReadingForm form() const override { return {.picture = shape()}; }
    bool deterministic() const override { return !m_augment.any(); }
    std::shared_ptr<const View> plain() const override;
    std::string text() const override;
    std::unique_ptr<ReadingWriter> writer(const WriterPlan& plan) const override;

    std::array<std::int64_t, 3> shape() const; // channels, height, width
    std::int64_t valueCount() const;

    // Whether `base` is the whole picture, for random crops, and not what an evaluation reads.
    bool basesAreWhole() const { return m_augment.cropShare < 1.0; }

    // What `write` needs of a decoded picture: the prepared picture, or with random crops the whole one, twice as large
    // as the reader's at most.
    Picture base(const Picture& decoded) const;

    // out: (channels, height, width), `valueCount()` floats. Without a seed, as in evaluation: no augmentation.
    void write(const Picture& base, std::optional<std::uint64_t> augmentSeed, float* out) const;

private:
    PictureView(std::string reader, PreprocessRecipe recipe, AugmentOptions augment);

    std::string m_reader;
    PreprocessRecipe m_recipe; // of fixed size
    AugmentOptions m_augment;
    Colour m_colour = Colour::Rgb;
    Normalisation m_normalisation;
};

} // namespace levi
