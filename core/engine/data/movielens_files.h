// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/load.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

namespace levi {

struct Movie {
    std::string id, title, year;     // UTF-8; title without the year; year "": not said
    std::vector<std::size_t> genres; // into MovieLens::genres, ascending
};

struct MovieUser {
    std::string id, age, gender, occupation; // "": not said
};

struct Rating {
    std::uint32_t user = 0, movie = 0; // indices
    float stars = 0;
    std::int64_t time = 0; // seconds since 1970
    std::uint32_t line = 0;
};

struct MovieLens {
    std::string ratingsFile;         // as errors name it
    std::vector<std::string> genres; // that a movie has, in order of their names
    std::vector<Movie> movies;
    std::vector<MovieUser> users;
    bool hasUserFeatures = false;
    std::vector<Rating> ratings; // in order of the file
};

// Whichever of the published forms lies in the folder or zip. Bad lines of any file are told and left out; so are the
// ratings of movies and users that are not known then. Throws Error, Stopped.
using TellBad = std::function<void(const std::string& file, std::size_t line, const std::string& reason)>;
MovieLens readMovieLensFiles(const std::filesystem::path& path, const LoadOptions& options, const TellBad& bad);

} // namespace levi
