// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/image/preprocess.h"
#include "core/jobs/backbone_info.h"
#include "core/spec/views/picture_views.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace levi {

// How one reader (backbone or specialist) sees pictures. A value, immutable, thread-safe.
// Two steps: `base` (deterministic, 8 bits, worth keeping in memory) and `write` (augmentation and normalisation).
class PictureView {
public:
    // The checkpoint's own recipe; where its result would depend on the picture, the middle square is taken.
    static PictureView ofBackbone(const PreprocessRecipe& recipe, const AugmentOptions& augment);

    // Shortest side to `resolution` (bilinear), middle square, (value / 255 - 0.5) / 0.25; grey by Rec. 601 luma.
    static PictureView ofSpecialist(const SpecialistPictureOptions& options);

    std::array<std::int64_t, 3> shape() const; // channels, height, width
    std::int64_t valueCount() const;

    // The same pixels for the same picture every time: no augmentation.
    bool deterministic() const { return !m_augment.any(); }

    PictureView withoutAugmentation() const; // as evaluation and the feature cache see it
    // Whether `base` is the whole picture, for random crops, and not what an evaluation reads.
    bool basesAreWhole() const { return m_augment.cropShare < 1.0; }

    // What `write` needs of a decoded picture: the prepared picture, or with random crops the whole one, twice as large
    // as the reader's at most.
    Picture base(const Picture& decoded) const;

    // out: (channels, height, width), `valueCount()` floats. Without a seed, as in evaluation: no augmentation.
    void write(const Picture& base, std::optional<std::uint64_t> augmentSeed, float* out) const;

    const std::string& reader() const { return m_reader; } // "backbone", "specialist"

    // All that the values depend on, augmentation apart: part of cache keys.
    std::string text() const;

private:
    PictureView(std::string reader, PreprocessRecipe recipe, AugmentOptions augment);

    std::string m_reader;
    PreprocessRecipe m_recipe; // of fixed size
    AugmentOptions m_augment;
    Colour m_colour = Colour::Rgb;
    Normalisation m_normalisation;
};

// The stream of one view of one row in one epoch: independent of threads, order and batch.
std::uint64_t augmentSeed(std::uint64_t seed, std::int64_t epoch, const PictureView& view, std::string_view rowId);

} // namespace levi
