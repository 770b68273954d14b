// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/fields.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace levi {

// What to do with a file that cannot be read: stop the load and name it, or count it and go on without it.
enum class BrokenFiles { Stop, Skip };
template<>
inline const std::vector<std::string> kEnumNames<BrokenFiles> = {"stop", "skip"};

// How the in-distribution rows are divided. Shares are of each domain and class; the rest is `train`.
struct SplitOptions {
    std::uint64_t splitSeed = 0; // its own seed, so that all training seeds can share one split
    double valShare = 0.15;      // id_val
    double testShare = 0.15;     // id_test
    std::int64_t trainLimit = 0; // at most so many training rows, drawn by splitSeed; 0: all
};

// Pictures in `domain/class/file` or `class/file`: a folder, or a zip file of one.
struct ImageFolderOptions : SplitOptions {
    std::filesystem::path path;
    std::vector<std::string> id;     // domains; empty: all that are not named below
    std::vector<std::string> ood;    // domains: roles ood_test/<domain>
    std::vector<std::string> oodVal; // domains of the optional role ood_val
    bool exifOrientation = true;
    BrokenFiles broken = BrokenFiles::Stop;
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
FieldTable idxFields();
FieldTable demoWorldFields();

} // namespace levi
