// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/base/random.h"
#include "core/base/read_number.h"
#include "core/engine/data/bad_rows.h"
#include "core/engine/data/movielens_files.h"
#include "core/engine/data/repeated_ratings.h"
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
            if (close == prompt.npos) throw Error("data.prompt: a brace in '{}' does not close", m_options.prompt);
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
    std::string identity(std::int64_t row) const override { // two users may get one prompt
        const Rating& rating = ratingOf(row);
        return fmt::format("{}:{}", rating.user, rating.movie);
    }

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

    const std::vector<std::string>& problems() const { return m_problems; }

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

    // Sides of the shift without a row; of genres it is told by name which one is none.
    std::vector<std::string> emptySides(const std::vector<TableRow>& rows) const {
        std::vector<std::string> problems;
        const auto isEmpty = [&rows](const std::string& domain) {
            return !rows.empty() && std::ranges::find(rows, domain, &TableRow::domain) == rows.end();
        };
        const auto [known, held] = sides();
        const char* otherDraw = m_options.shift == RatingShift::User ? " or change data.split_seed" : "";
        if (m_options.shift != RatingShift::Genre && isEmpty(held))
            problems.push_back(fmt::format("data.held_out_share: {:g} leaves nothing for '{}'; raise it{}",
                                           m_options.heldOutShare, held, otherDraw));
        if (m_options.shift != RatingShift::Genre && isEmpty(known))
            problems.push_back(fmt::format("data.held_out_share: {:g} leaves nothing for '{}' to train on; lower it{}",
                                           m_options.heldOutShare, known, otherDraw));
        if (m_options.coldShare > 0 && isEmpty(kCold))
            problems.push_back(fmt::format("data.cold_share: {:g} makes no movie cold; raise it or change "
                                           "data.split_seed",
                                           m_options.coldShare));
        return problems;
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
            const auto genre = static_cast<std::size_t>(found - m_data.genres.begin());
            if (found == m_data.genres.end())
                m_problems.push_back(fmt::format("data.ood_genres: there is no genre '{}'; found {}", name,
                                                 fmt::join(m_data.genres, ", ")));
            else if (std::ranges::find(m_heldOut, genre) != m_heldOut.end())
                m_problems.push_back(fmt::format("data.ood_genres: genre '{}' is named twice; name it once", name));
            m_heldOut.push_back(genre);
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
    std::vector<std::string> m_problems;
    std::vector<std::size_t> m_heldOut; // genres
    std::int64_t m_late = 0;            // the first time that is
    std::vector<bool> m_isRare;         // by movie
};

// "user:movie"; of those that stand more than once all but the first one with "#2", "#3", …
std::string idOf(const MovieLens& data, std::size_t i, const RepeatedRatings& repeated) {
    const std::string id = data.users[data.ratings[i].user].id + ":" + data.movies[data.ratings[i].movie].id;
    const std::uint32_t number = repeated.number(i);
    return number == 1 ? id : fmt::format("{}#{}", id, number);
}

std::vector<TableRow> rowsOf(const MovieLens& data, const RatingDomains& domains, const RepeatedRatings& repeated) {
    std::vector<TableRow> rows;
    rows.reserve(data.ratings.size());
    for (std::size_t i = 0; i < data.ratings.size(); ++i) {
        const Rating& rating = data.ratings[i];
        for (const std::string& domain : domains.of(rating))
            rows.push_back({.line = rating.line,
                            .file = i,
                            .id = idOf(data, i, repeated),
                            .className = fmt::format("{:g}", rating.stars),
                            .number = rating.stars,
                            .role = {},
                            .domain = domain});
    }
    return rows;
}

// Tells ratings apart and copies of one not, so that these are drawn into one role.
class RatingCopies final : public SampleSource {
public:
    RatingCopies(const std::vector<TableRow>& rows, const RepeatedRatings& repeated) {
        for (const TableRow& row : rows)
            m_originals.push_back(repeated.original(row.file));
    }

    std::string content(std::int64_t row) const override {
        return std::to_string(m_originals[static_cast<std::size_t>(row)]);
    }

private:
    std::vector<std::uint32_t> m_originals; // of each row
};

TableOptions tableOptionsOf(const MovieLensOptions& data, const RatingDomains& domains) {
    TableOptions table;
    static_cast<SplitOptions&>(table) = data;
    static_cast<TargetOptions&>(table) = data;
    table.ood = domains.ood();
    return table;
}

// Where there are problems, rows are of no use.
std::vector<std::string> problemsOf(const MovieLens& data, const RatingDomains& domains, const TableOptions& table,
                                    std::vector<TableRow>& rows) {
    std::vector<std::string> problems = domains.emptySides(rows);
    if (!problems.empty()) return problems;
    LoadedRows kept;
    keepUsedRows(table, data.ratingsFile, rows, kept);
    for (const std::string& problem : kept.problems) // of genres: all else that is held out has rows
        problems.push_back("data.ood_genres" + problem.substr(std::min(problem.find(':'), problem.size())));
    if (rows.empty()) problems.push_back(data.ratingsFile + ": has no rating that can be used");
    return problems;
}

void noteSilentParts(LoadedRows& loaded, const MovieLensOptions& data, const MovieLens& read) {
    std::vector<std::string> silent;
    for (const char* part : {"{user}", "{age}", "{gender}", "{occupation}"})
        if (!read.hasUserFeatures && data.prompt.find(part) != data.prompt.npos) silent.emplace_back(part);
    if (!silent.empty())
        loaded.notes.push_back(fmt::format("{}: no file describes the users (u.user or users.dat would), so that {} of "
                                           "data.prompt says nothing",
                                           data.path.string(), fmt::join(silent, ", ")));
}

// Makes rows of ratings and puts them into roles; only then is it known what prompts may tell.
void place(LoadedRows& loaded, const MovieLensOptions& data, const std::shared_ptr<RatingSource>& source) {
    if (loaded.brokenFiles > 0 && data.broken == BrokenFiles::Stop) stopAtBroken(loaded, "rows");
    const RatingDomains domains(data, source->data());
    const TableOptions table = tableOptionsOf(data, domains);
    const RepeatedRatings repeated(source->data().ratings);
    std::vector<TableRow> rows = rowsOf(source->data(), domains, repeated);
    std::vector<std::string> problems = domains.problems();
    if (problems.empty()) problems = problemsOf(source->data(), domains, table, rows);
    loaded.problems.insert(loaded.problems.end(), problems.begin(), problems.end());
    if (!problems.empty()) return;
    if (data.shift == RatingShift::Genre && table.ood.empty())
        loaded.notes.push_back(
            fmt::format("data.ood_genres is empty, so that nothing is tested out of distribution; the genres are {}",
                        fmt::join(source->data().genres, ", ")));
    noteSilentParts(loaded, data, source->data());
    placeRows(loaded, table, rows, repeated.hasCopies() ? std::make_shared<RatingCopies>(rows, repeated) : nullptr);
    source->finish(rows, loaded.roles.train);
    loaded.table->source = source;
}

} // namespace

LoadedRows readMovieLens(const MovieLensOptions& data, const LoadOptions& options) {
    LoadedRows loaded;
    const auto tellBad = [&loaded](const std::string& file, std::size_t line, const std::string& reason) {
        BadRows(loaded, file).add(line, reason);
    };
    const auto source = std::make_shared<RatingSource>(data, readMovieLensFiles(data.path, options, tellBad));
    place(loaded, data, source);
    return loaded;
}

} // namespace levi
