// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/data/movielens_options.h"
#include "core/spec/kinds.h"
#include "tests/data/files.h"

#include <array>
#include <filesystem>
#include <functional>
#include <string>

#include <fmt/format.h>

namespace levi::test {

// Forty users; movie m is of genre m % 3, movies divisible by 5 are also of War; user u rates ten movies, one a day.
struct Made {
    std::string ratings, movies, users;
};

inline std::string flagsOf(int movie) {
    std::string flags;
    for (int genre = 0; genre < 19; ++genre) // Action, Comedy and Drama are 1, 5, 8; War is 17
        flags += fmt::format(
            "|{}", int(genre == std::array{1, 5, 8}[std::size_t(movie % 3)] || (genre == 17 && movie % 5 == 0)));
    return flags;
}

inline std::string namedGenres(int movie) {
    std::string genres = std::array{"Action", "Comedy", "Drama"}[std::size_t(movie % 3)];
    return movie % 5 == 0 ? genres + "|War" : genres;
}

enum class Form { Hundred, Million, Latest };

inline Made made(Form form) {
    Made files;
    if (form == Form::Latest) files = {"userId,movieId,rating,timestamp\r\n", "movieId,title,genres\r\n", ""};
    for (int m = 1; m <= 30; ++m) {
        const std::string title = m == 1 ? "American President, The (1995)" : fmt::format("Film {} ({})", m, 1960 + m);
        if (form == Form::Hundred)
            files.movies +=
                fmt::format("{}|{}|01-Jan-1995||http://x{}\n", m, m == 2 ? "L\xE9on (1994)" : title, flagsOf(m));
        if (form == Form::Million)
            files.movies += fmt::format("{}::{}::{}\n", m, m == 2 ? "L\xE9on (1994)" : title, namedGenres(m));
        if (form == Form::Latest)
            files.movies += fmt::format("{},\"{}\",{}\r\n", m, m == 2 ? "L\xC3\xA9on (1994)" : title, namedGenres(m));
    }
    for (int u = 1; u <= 40; ++u) {
        if (form == Form::Hundred) files.users += fmt::format("{}|{}|{}|writer|00000\n", u, 20 + u, u % 2 ? "M" : "F");
        if (form == Form::Million) files.users += fmt::format("{}::{}::{}::20::00000\n", u, u % 2 ? "M" : "F", 20 + u);
        for (int k = 0; k < 10; ++k) {
            const int movie = (u * 7 + k * 3 + k) % 30 + 1, stars = 1 + (u + k) % 5;
            const char* line = form == Form::Hundred   ? "{}\t{}\t{}\t{}\n"
                               : form == Form::Million ? "{}::{}::{}::{}\n"
                                                       : "{},{},{},{}\r\n";
            files.ratings += fmt::format(fmt::runtime(line), u, movie, stars, 880'000'000 + 86'400 * k + u);
        }
    }
    return files;
}

struct MovieLensFixture {
    TemporaryFolder folder;

    std::filesystem::path write(Form form, bool zipped, const std::string& more = {}) const {
        Made files = made(form);
        files.ratings += more;
        return write(form, zipped, files);
    }

    std::filesystem::path write(Form form, bool zipped, const Made& files) const {
        const std::array names = form == Form::Hundred   ? std::array{"u.data", "u.item", "u.user"}
                                 : form == Form::Million ? std::array{"ratings.dat", "movies.dat", "users.dat"}
                                                         : std::array{"ratings.csv", "movies.csv", ""};
        const std::array<const std::string*, 3> contents = {&files.ratings, &files.movies, &files.users};
        ZipWriter zip;
        for (std::size_t i = 0; i < 3; ++i) {
            if (!*names[i]) continue;
            zip.add(std::string("ml/") + names[i], *contents[i]);
            if (!zipped) folder.write(std::string("ml/") + names[i], *contents[i]);
        }
        return zipped ? folder.write("ml.zip", zip.bytes()) : folder / "ml";
    }

    Options data(const std::filesystem::path& path, const std::function<void(MovieLensOptions&)>& change = {}) const {
        Options data(dataKinds().at("movielens"));
        auto& options = *data.as<MovieLensOptions>();
        options.path = path;
        options.oodGenres = {"War"};
        if (change) change(options);
        return data;
    }
};

} // namespace levi::test
