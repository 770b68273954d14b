// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/data/split_options.h"
#include "core/spec/data/target_options.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace levi {

// What is out of distribution: movies of some genres, the latest ratings, users or rarely rated movies that training
// has not seen.
enum class RatingShift { Genre, Time, User, Popularity };
template<>
inline const std::vector<std::string> kEnumNames<RatingShift> = {"genre", "time", "user", "popularity"};

// MovieLens 100k, 1M, 10M, 20M, 25M or latest: a folder, or a zip file of one.
struct MovieLensOptions : SplitOptions, TargetOptions {
    MovieLensOptions() { target = TargetKind::Number; }

    std::filesystem::path path;
    std::string prompt = "{movie}, {genres}. {user}{history}";
    std::int64_t historyLength = 5; // earlier ratings of the user in a prompt
    RatingShift shift = RatingShift::Genre;
    std::vector<std::string> oodGenres;
    double heldOutShare = 0.2;
    double coldShare = 0; // of the other movies, for the role ood_test/cold; 0: none
    BrokenFiles broken = BrokenFiles::Stop;
};

inline const std::vector<std::string> kPromptParts = {"movie",   "title", "year",       "genres", "user",
                                                      "history", "age",   "occupation", "gender"};

FieldTable movieLensFields();

} // namespace levi
