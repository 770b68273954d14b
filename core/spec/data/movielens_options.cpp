// SPDX-License-Identifier: Apache-2.0
#include "core/spec/data/movielens_options.h"

#include "core/spec/experiment_spec.h"
#include "core/spec/readings.h"

#include <algorithm>

#include <fmt/ranges.h>

namespace levi {
namespace {

std::optional<std::string> promptProblem(const ExperimentSpec& spec, const MovieLensOptions& o) {
    const std::string& prompt = o.prompt;
    if (prompt.find_first_not_of(' ') == prompt.npos && readsTexts(spec))
        return "is empty, expected parts in braces, such as '{movie}', since something of this spec reads texts";
    for (auto open = prompt.find('{'); open != prompt.npos; open = prompt.find('{', open + 1)) {
        const auto close = prompt.find('}', open);
        if (close == prompt.npos) return fmt::format("a brace in '{}' does not close", prompt);
        const std::string part = prompt.substr(open + 1, close - open - 1);
        if (std::ranges::find(kPromptParts, part) == kPromptParts.end())
            return fmt::format("found {{{}}}, expected in braces one of {}", part, fmt::join(kPromptParts, ", "));
    }
    return std::nullopt;
}

std::optional<std::string> genresProblem(std::vector<std::string> genres) {
    std::ranges::sort(genres);
    const auto twice = std::ranges::adjacent_find(genres);
    if (twice == genres.end()) return std::nullopt;
    return fmt::format("genre '{}' is named twice; name it once", *twice);
}

} // namespace

FieldTable movieLensFields() {
    using M = MovieLensOptions;
    Fields<M> f;
    f.add("path", &M::path, "Folder or zip")
        .required()
        .help(
            "MovieLens as it is published: u.data, u.item and u.user (100k); ratings.dat, movies.dat and users.dat "
            "(1M, 10M); ratings.csv and movies.csv (20M, 25M, latest). A rating takes about 0.4 KB of memory, so that "
            "25M takes about 10 GB.");
    addTarget(f);
    f.add("prompt", &M::prompt, "Prompt")
        .help("What a reader of texts gets of a rating, without the rating: {movie} (title and year) or {title} and "
              "{year}, {genres}, {user} (age, gender and occupation, where the data say them; each also alone) and "
              "{history}, what the user gave before. What is cut is the end.")
        .check(promptProblem);
    f.add("history_length", &M::historyLength, "Earlier ratings")
        .range(0, 50)
        .help(
            "How many of the user's training ratings from strictly before a rating {history} tells, the latest first.");
    f.add("shift", &M::shift, "Shift")
        .help(
            "What is out of distribution: genre, ratings of movies that have one of the genres below, a role a genre; "
            "time, the latest ratings; user, all ratings of some users; popularity, ratings of the least rated "
            "movies.");
    f.add("ood_genres", &M::oodGenres, "Held-out genres")
        .when([](const M& o) { return o.shift == RatingShift::Genre; })
        .help("Genres to test out of distribution. A rating is in distribution where its movie has none of them; one "
              "that has several counts in the role of each.")
        .check([](const ExperimentSpec&, const M& o) { return genresProblem(o.oodGenres); });
    f.add("held_out_share", &M::heldOutShare, "Held-out share")
        .range(0.01, 0.8)
        .when([](const M& o) { return o.shift != RatingShift::Genre; })
        .help("Share of the ratings (time, popularity) or of the users, drawn by the split seed, that are out of "
              "distribution.");
    f.add("cold_share", &M::coldShare, "Cold movies")
        .range(0, 0.5)
        .advanced()
        .help("Share of the movies in distribution, drawn by the split seed, all of whose ratings become the role "
              "ood_test/cold: unseen movies of seen genres, since a genre that nobody has seen is a cold start too; 0: "
              "no "
              "such role.");
    addSplit(f);
    f.add("broken", &M::broken, "Bad rows")
        .advanced()
        .help("Whether a line that cannot be used (missing columns, no such movie or user, one that stands twice, a "
              "rating out of range) stops the load or is counted, named and skipped; then so are the ratings of a "
              "movie or user whose line is bad.");
    return f.table();
}

} // namespace levi
