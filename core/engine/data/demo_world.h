// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/dataset.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace levi {

// The knobs of the procedural world. Every picture is a function of these, its set and its index; pixels in [0, 1].
// A picture shows one shape (its class) of one fill pattern (its style) in a random colour on a tinted ground (its
// cue). Downstream the tint goes with the class; in pretraining the pattern does. So a specialist trained downstream
// leans on the tint, a pretrained backbone on the pattern, and neither flaw helps where cue and style are drawn anew.
struct WorldOptions {
    std::uint64_t seed = 0;
    std::int64_t side = 32;       // pixels, height and width
    std::int64_t classes = 6;     // 2 to 8, in the order of demoClasses()
    double cueStrength = 0.9;     // share of pictures whose tint agrees with the class, where it is tied at all
    double styleStrength = 0.9;   // the same of the pattern, in pretraining
    double noise = 0.15;          // standard deviation of each channel of each pixel
    double smallestRadius = 0.26; // of the shape, of the side
    double largestRadius = 0.42;
    double tintSaturation = 0.4;  // how strong the cue looks
    double patternDepth = 0.6;    // how strong the style looks
    double contrast = 0.5;        // least difference in lightness between shape and ground
    double shapeSaturation = 0.5; // how colourful shapes are, each in a hue of its own
    bool rotates = false;
    double clutter = 0.0;   // share of pictures with a second, smaller blob behind the shape
    std::int64_t kinds = 0; // that pretraining tells apart, class c being of kind c % kinds; 0: the classes themselves
};

// How a property that should not matter is drawn: with the class at its strength, by chance, or with the wrong class.
enum class Tie { ToClass, Random, Reversed };

struct WorldSet {
    std::string name; // part of the row ids and of the random streams
    Tie cue = Tie::Random;
    Tie style = Tie::Random;
};

const std::vector<std::string>& demoClasses();

struct DemoPicture {
    Picture picture;
    std::int64_t label = 0;
    std::int64_t cue = 0;   // index of the tint: the class it speaks for
    std::int64_t style = 0; // index of the pattern: the class it speaks for in pretraining
};

// Label `index % classes`, all else from the stream (seed, set, index).
DemoPicture demoPicture(const WorldOptions& world, const WorldSet& set, std::int64_t index);

// train, id_val, id_test with the cue tied; ood_test/cue_random and ood_test/cue_reversed.
struct WorldSizes {
    std::int64_t train = 1200;
    std::int64_t eval = 600; // of every other role
};
Dataset demoWorld(const WorldOptions& world, const WorldSizes& sizes);

// What the demo backbone is pretrained on: train and id_val, the style tied, the cue by chance.
Dataset pretrainingWorld(const WorldOptions& world, const WorldSizes& sizes);

} // namespace levi
