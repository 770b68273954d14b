// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/base/random.h"
#include "core/base/read_number.h"
#include "core/engine/data/bad_rows.h"
#include "core/engine/data/movielens_files.h"
#include "core/engine/data/table_roles.h"

#include <algorithm>
#include <limits>
#include <map>

#include <fmt/ranges.h>

namespace levi {
namespace {

constexpr const char* kCold = "cold";

double numberOrNan(const std::string& text) {
    return readNumber(text).value_or(std::numeric_limits<double>::quiet_NaN());
}

// Prompts and fields of ratings. A prompt tells of a user's other ratings only those that are trained on and strictly
// earlier: no answer that is asked for stands in another row's question.
class RatingSource final : public SampleSource {
public:
    RatingSource(const MovieLensOptions& options, MovieLens data) : m_options(options), m_data(std::move(data)) {}

    const MovieLens& data() const { return m_data; }

    void finish(const std::vector<TableRow>& rows, const std::vector<std::int64_t>& train) {
        for (const TableRow& row : rows)
            m_ratings.push_back(static_cast<std::uint32_t>(row.file));
        m_earlier.resize(m_data.users.size());
        for (const std::int64_t row : train)
            m_earlier[ratingOf(row).user].push_back(m_ratings[static_cast<std::size_t>(row)]);
        const auto time = [this](std::uint32_t rating) { return m_data.ratings[rating].time; };
        for (auto& ratings : m_earlier)
            std::ranges::stable_sort(ratings, {}, time);
    }

    SampleText text(std::int64_t row) const override {
        const Rating& rating = ratingOf(row);
        std::string prompt = m_options.prompt;
        for (std::size_t open = prompt.find('{'); open != prompt.npos;) {
            const std::size_t close = prompt.find('}', open);
            const std::string said = partOf(prompt.substr(open + 1, close - open - 1), rating);
            prompt.replace(open, close - open + 1, said);
            open = prompt.find('{', open + said.size());
        }
        return {.first = std::move(prompt), .second = {}};
    }

    SampleFields fields(std::int64_t row) const override {
        const Rating& rating = ratingOf(row);
        const Movie& movie = m_data.movies[rating.movie];
        const MovieUser& user = m_data.users[rating.user];
        SampleFields fields{.numbers = {numberOrNan(movie.year)},
                            .categories = {user.id, movie.id},
                            .flags = std::vector<std::uint8_t>(m_data.genres.size())};
        for (const std::size_t genre : movie.genres)
            fields.flags[genre] = 1;
        if (!m_data.hasUserFeatures) return fields;
        fields.numbers.push_back(numberOrNan(user.age));
        fields.categories.insert(fields.categories.end(), {user.gender, user.occupation});
        return fields;
    }

    FieldNames fieldNames() const override {
        FieldNames names{.numbers = {"year"}, .categories = {"user", "item"}, .flags = m_data.genres};
        if (!m_data.hasUserFeatures) return names;
        names.numbers.emplace_back("age");
        names.categories.insert(names.categories.end(), {"gender", "occupation"});
        return names;
    }

    bool holdsPictures() const override { return false; }
    std::string content(std::int64_t row) const override { return fingerprint(text(row).first); } // cheap: not kept

private:
    const Rating& ratingOf(std::int64_t row) const { return m_data.ratings[m_ratings[static_cast<std::size_t>(row)]]; }

    static std::string spoken(const Movie& movie) {
        return movie.year.empty() ? movie.title : fmt::format("{} ({})", movie.title, movie.year);
    }

    std::string partOf(const std::string& part, const Rating& rating) const {
        const Movie& movie = m_data.movies[rating.movie];
        const MovieUser& user = m_data.users[rating.user];
        const std::map<std::string, std::string> plain = {{"title", movie.title},
                                                          {"year", movie.year},
                                                          {"age", user.age},
                                                          {"occupation", user.occupation},
                                                          {"gender", genderOf(user)}};
        if (const auto found = plain.find(part); found != plain.end()) return found->second;
        if (part == "movie") return spoken(movie);
        if (part == "genres") return genresOf(movie);
        return part == "user" ? sentenceOf(user) : historyOf(rating);
    }

    static std::string genderOf(const MovieUser& user) {
        return user.gender == "M" ? "male" : user.gender == "F" ? "female" : "";
    }

    std::string genresOf(const Movie& movie) const {
        std::vector<std::string> names;
        for (const std::size_t genre : movie.genres)
            names.push_back(m_data.genres[genre]);
        return names.empty() ? "no genre" : fmt::format("{}", fmt::join(names, ", "));
    }

    static std::string sentenceOf(const MovieUser& user) {
        std::vector<std::string> parts;
        for (const std::string& part : {user.age, genderOf(user), user.occupation})
            if (!part.empty()) parts.push_back(part);
        return parts.empty() ? "" : fmt::format("User: {}. ", fmt::join(parts, ", "));
    }

    // The latest first.
    std::string historyOf(const Rating& rating) const {
        const auto& ratings = m_earlier[rating.user];
        const auto time = [this](std::uint32_t other) { return m_data.ratings[other].time; };
        auto place = std::ranges::lower_bound(ratings, rating.time, {}, time);
        std::vector<std::string> told;
        while (place != ratings.begin() && std::ssize(told) < m_options.historyLength) {
            const Rating& earlier = m_data.ratings[*--place];
            told.push_back(fmt::format("{} {:g}", spoken(m_data.movies[earlier.movie]), earlier.stars));
        }
        return told.empty() ? "" : fmt::format("Rated before: {}.", fmt::join(told, ", "));
    }

    MovieLensOptions m_options;
    MovieLens m_data;
    std::vector<std::uint32_t> m_ratings;              // of each row
    std::vector<std::vector<std::uint32_t>> m_earlier; // of each user: ratings that are trained on, by time
};

// The domains of a rating: one in distribution, or each that it is held out for.
class RatingDomains {
public:
    RatingDomains(const MovieLensOptions& options, const MovieLens& data) : m_options(options), m_data(data) {
        switch (options.shift) {
        case RatingShift::Genre:
            findGenres();
            break;
        case RatingShift::Time:
            findLate();
            break;
        case RatingShift::Popularity:
            findRare();
            break;
        case RatingShift::User:
            break;
        }
    }

    std::vector<std::string> ood() const {
        std::vector<std::string> names =
            m_options.shift == RatingShift::Genre ? m_options.oodGenres : std::vector{sides().second};
        if (m_options.coldShare > 0) names.emplace_back(kCold);
        return names;
    }

    std::vector<std::string> of(const Rating& rating) const {
        if (m_options.shift == RatingShift::Genre) {
            std::vector<std::string> held;
            for (const std::size_t genre : m_data.movies[rating.movie].genres)
                if (std::ranges::find(m_heldOut, genre) != m_heldOut.end()) held.push_back(m_data.genres[genre]);
            if (!held.empty()) return held;
        } else if (isHeldOut(rating)) {
            return {sides().second};
        }
        const bool isCold =
            m_options.coldShare > 0 && isDrawn("cold movie " + m_data.movies[rating.movie].id, m_options.coldShare);
        return {isCold ? kCold : sides().first};
    }

private:
    std::pair<std::string, std::string> sides() const { // in distribution, out of it
        switch (m_options.shift) {
        case RatingShift::Time:
            return {"early", "late"};
        case RatingShift::User:
            return {"known users", "new users"};
        case RatingShift::Popularity:
            return {"often rated", "rarely rated"};
        default:
            return {"other genres", ""};
        }
    }

    bool isDrawn(const std::string& purpose, double share) const { // whatever else the data hold
        return Random(streamSeed(m_options.splitSeed, purpose)).uniform() < share;
    }

    bool isHeldOut(const Rating& rating) const {
        if (m_options.shift == RatingShift::Time) return rating.time >= m_late;
        if (m_options.shift == RatingShift::Popularity) return m_isRare[rating.movie];
        return isDrawn("new user " + m_data.users[rating.user].id, m_options.heldOutShare);
    }

    void findGenres() {
        for (const std::string& name : m_options.oodGenres) {
            const auto found = std::ranges::find(m_data.genres, name);
            if (found == m_data.genres.end())
                throw Error("data.ood_genres: there is no genre '{}'; found {}", name, fmt::join(m_data.genres, ", "));
            m_heldOut.push_back(static_cast<std::size_t>(found - m_data.genres.begin()));
        }
    }

    void findLate() {
        std::vector<std::int64_t> times;
        for (const Rating& rating : m_data.ratings)
            times.push_back(rating.time);
        std::ranges::sort(times);
        const auto first = static_cast<std::size_t>(static_cast<double>(times.size()) * (1 - m_options.heldOutShare));
        m_late = times.empty() ? 0 : times[std::min(first, times.size() - 1)];
    }

    void findRare() {
        std::vector<std::size_t> counts(m_data.movies.size()), order(m_data.movies.size());
        for (const Rating& rating : m_data.ratings)
            ++counts[rating.movie];
        for (std::size_t i = 0; i < order.size(); ++i)
            order[i] = i;
        std::ranges::stable_sort(order, {}, [&counts](std::size_t movie) { return counts[movie]; });
        m_isRare.resize(counts.size());
        const double most = m_options.heldOutShare * static_cast<double>(m_data.ratings.size());
        double held = 0;
        for (const std::size_t movie : order) {
            held += static_cast<double>(counts[movie]);
            if (held > most) break;
            m_isRare[movie] = true;
        }
    }

    const MovieLensOptions& m_options;
    const MovieLens& m_data;
    std::vector<std::size_t> m_heldOut; // genres
    std::int64_t m_late = 0;            // the first time that is
    std::vector<bool> m_isRare;         // by movie
};

std::vector<TableRow> rowsOf(const MovieLens& data, const RatingDomains& domains) {
    std::vector<TableRow> rows;
    for (std::size_t i = 0; i < data.ratings.size(); ++i) {
        const Rating& rating = data.ratings[i];
        for (const std::string& domain : domains.of(rating))
            rows.push_back({.line = rating.line,
                            .file = i,
                            .id = data.users[rating.user].id + ":" + data.movies[rating.movie].id,
                            .className = fmt::format("{:g}", rating.stars),
                            .number = rating.stars,
                            .role = {},
                            .domain = domain});
    }
    return rows;
}

// Makes rows of ratings and puts them into roles; only then is it known what prompts may tell.
void place(LoadedRows& loaded, const MovieLensOptions& data, const std::shared_ptr<RatingSource>& source) {
    const RatingDomains domains(data, source->data());
    TableOptions table;
    static_cast<SplitOptions&>(table) = data;
    static_cast<TargetOptions&>(table) = data;
    table.ood = domains.ood();
    std::vector<TableRow> rows = rowsOf(source->data(), domains);
    for (const std::string& problem : keepUsedRows(table, rows))
        loaded.problems.push_back(source->data().ratingsFile + ": " + problem);
    if (!loaded.problems.empty()) return;
    if (loaded.brokenFiles > 0 && data.broken == BrokenFiles::Stop) stopAtBroken(loaded, "rows");
    if (rows.empty()) {
        loaded.problems.push_back(fmt::format("{}: has no rating that can be used", source->data().ratingsFile));
        return;
    }
    placeRows(loaded, table, rows);
    source->finish(rows, loaded.roles.train);
    loaded.table->source = source;
}

} // namespace

LoadedRows readMovieLens(const MovieLensOptions& data, const LoadOptions& options) {
    LoadedRows loaded;
    BadRows bad(loaded, data.path.string());
    const auto source = std::make_shared<RatingSource>(
        data, readMovieLensFiles(data.path, options,
                                 [&bad](std::size_t line, const std::string& reason) { bad.add(line, reason); }));
    place(loaded, data, source);
    return loaded;
}

} // namespace levi
