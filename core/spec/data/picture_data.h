// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/data/table_options.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace levi {

// Pictures in `domain/class/file` or `class/file`: a folder, or a zip file of one.
struct ImageFolderOptions : SplitOptions, DomainOptions {
    std::filesystem::path path;
    bool exifOrientation = true;
    BrokenFiles broken = BrokenFiles::Stop;
};

// A table beside a folder of pictures, or a zip file of one: a row a picture.
struct PictureTableOptions : TableOptions {
    std::filesystem::path path;
    std::string picture; // column, or a text with columns in braces
    bool exifOrientation = true;
};

// Digits in MNIST's IDX format: one folder in distribution, one out of it. Rows t10k/test are id_test.
struct IdxOptions : SplitOptions {
    std::filesystem::path idPath;
    std::filesystem::path oodPath; // empty: no OOD role
    BrokenFiles broken = BrokenFiles::Stop;
};

// A procedural world of pictures, made from a seed: no file. Roles: ID with a spurious cue, ood_test/cue_random and
// ood_test/cue_reversed.
struct DemoWorldOptions {
    std::uint64_t worldSeed = 0;
    std::int64_t trainRows = 1200;
    std::int64_t evalRows = 600; // of id_val, of id_test and of each OOD domain
    double cueStrength = 0.9;    // share of ID pictures whose cue agrees with the class
    double pictureNoise = 0.15;  // standard deviation of the pixel noise, pixels in [0, 1]
};

FieldTable imageFolderFields();
FieldTable pictureTableFields();
FieldTable idxFields();
FieldTable demoWorldFields();

} // namespace levi
