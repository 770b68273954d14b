// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/movielens_files.h"

#include "core/base/beginning.h"
#include "core/base/error.h"
#include "core/base/line_cutter.h"
#include "core/base/text_lines.h"
#include "core/engine/data/file_tree.h"
#include "core/engine/data/separated_rows.h"
#include "core/engine/data/text_files.h"
#include "core/engine/text/utf8.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>
#include <optional>

namespace levi {
namespace {

namespace fs = std::filesystem;

using Fields = std::vector<std::string>;
using Visit = std::function<void(const Fields& fields, std::size_t line)>;

// How a published form names its files and divides its lines. "": not there.
struct Form {
    const char *ratings, *movies, *users, *separator; // "": CSV with a head
    float leastStars;
};
constexpr Form kForms[] = {{"u.data", "u.item", "u.user", "\t", 1},
                           {"ratings.dat", "movies.dat", "users.dat", "::", 0.5F}, // 10M has half stars
                           {"ratings.csv", "movies.csv", "", "", 0.5F}};
constexpr const char *kRatingsHead = "userId,movieId,rating,timestamp", *kMoviesHead = "movieId,title,genres";
constexpr const char* kFlagGenres[] = {"",          "Action",   "Adventure",   "Animation", "Children",
                                       "Comedy",    "Crime",    "Documentary", "Drama",     "Fantasy",
                                       "Film-Noir", "Horror",   "Musical",     "Mystery",   "Romance",
                                       "Sci-Fi",    "Thriller", "War",         "Western"};
constexpr std::size_t kFlagsBegin = 5; // of u.item
constexpr std::size_t kMostShown = 80; // characters of a line
// Of users.dat, by its README.
constexpr const char* kOccupations[] = {
    "",          "academic",  "artist",        "clerk",    "student",   "customer service", "doctor",
    "executive", "farmer",    "homemaker",     "student",  "lawyer",    "programmer",       "retired",
    "salesman",  "scientist", "self-employed", "engineer", "craftsman", "unemployed",       "writer"};

// The older files are in Latin-1.
std::string asUtf8(std::string line) {
    if (isUtf8(line)) return line;
    std::string made;
    for (const char c : line)
        appendCodePoint(made, static_cast<unsigned char>(c));
    return made;
}

Fields dividedBy(std::string_view line, std::string_view separator) {
    Fields fields;
    for (;;) {
        const auto end = line.find(separator);
        fields.emplace_back(line.substr(0, end));
        if (end == std::string_view::npos) return fields;
        line.remove_prefix(end + separator.size());
    }
}

template<typename T>
std::optional<T> numberOf(const std::string& text) {
    T value{};
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    return read.ec == std::errc() && read.ptr == end ? std::optional(value) : std::nullopt;
}

// "American President, The" -> "The American President".
std::string inSpokenOrder(const std::string& title) {
    for (const char* article : {"The", "A", "An"}) {
        const std::string end = std::string(", ") + article;
        if (title.ends_with(end)) return std::string(article) + " " + title.substr(0, title.size() - end.size());
    }
    return title;
}

// "": as in CSV, but no field goes over lines.
Fields fieldsOf(std::string_view line, std::string_view separator) {
    if (!separator.empty()) return dividedBy(line, separator);
    QuotedRow row(',');
    const auto state = row.add(line);
    if (state == QuotedRow::State::Open) throw Error("a quote does not end");
    if (state == QuotedRow::State::Broken) throw Error("{}", row.problem());
    return std::move(row.fields());
}

// Files of a folder or of a zip, which are read piece by piece.
class Files {
public:
    explicit Files(const fs::path& path)
        : m_path(path), m_isFolder(fs::is_directory(path)), m_tree(openFileTree(path)) {}

    std::vector<std::size_t> all(const std::string& name) const {
        std::vector<std::size_t> files;
        for (std::size_t i = 0; i < m_tree->names().size(); ++i)
            if (const std::string& full = m_tree->names()[i]; full == name || full.ends_with("/" + name))
                files.push_back(i);
        return files;
    }
    std::optional<std::size_t> find(const std::string& name) const {
        const auto files = all(name);
        return files.empty() ? std::nullopt : std::optional(files.front());
    }
    std::string nameOf(std::size_t file) const { return (m_path / m_tree->names()[file]).string(); }

    void forEachLine(std::size_t file,
                     const std::function<void(std::string line, std::size_t number, double share)>& visit) const {
        if (m_isFolder) {
            TextLines lines(m_path / m_tree->names()[file]);
            for (std::string line; lines.next(line);)
                visit(line, lines.number(), lines.share());
            return;
        }
        double read = 0;
        LineCutter cutter(nameOf(file),
                          [&](std::string line, std::size_t number) { visit(std::move(line), number, read); });
        m_tree->forEachPiece(file, [&](std::string_view piece, double share) {
            read = share;
            cutter.add(piece);
        });
        cutter.end();
    }

private:
    fs::path m_path;
    bool m_isFolder;
    std::unique_ptr<const FileTree> m_tree;
};

class Reader {
public:
    Reader(const fs::path& path, const LoadOptions& options, const TellBad& bad)
        : m_files(path), m_options(options), m_bad(bad) {
        std::vector<std::size_t> ratings;
        for (const Form& form : kForms) {
            if (!m_files.find(form.ratings) || !m_files.find(form.movies)) continue;
            m_form = &form;
            std::ranges::copy(m_files.all(form.ratings), std::back_inserter(ratings));
        }
        if (ratings.size() > 1)
            throw Error("{}: holds more than one MovieLens, {} and {}; set data.path to the folder of one, or take the "
                        "files of the other away",
                        path.string(), m_files.nameOf(ratings[0]), m_files.nameOf(ratings[1]));
        if (!m_form)
            throw Error(
                "{}: holds no MovieLens, expected u.data and u.item, ratings.dat and movies.dat, or ratings.csv "
                "and movies.csv",
                path.string());
    }

    MovieLens read() {
        readMovies();
        readUsers();
        readRatings();
        return std::move(m_made);
    }

private:
    bool isFlags() const { return m_form == &kForms[0]; }

    // A CSV without its head, or with its columns in another order, would be read wrongly and nobody would see it.
    void checkHead(const std::string& name, std::string line) const {
        if (line.starts_with("\xef\xbb\xbf")) line.erase(0, 3);
        const std::string expected = name.ends_with(m_form->movies) ? kMoviesHead : kRatingsHead;
        std::string found = fmt::format("{}", fmt::join(fieldsOf(asUtf8(line), ""), ","));
        if (const auto begin = beginningOf(found, kMostShown); begin.size() < found.size())
            found = std::string(begin) + "…";
        if (found != expected) throw Error("{}: line 1 is '{}', expected '{}'", name, found, expected);
    }

    // Lines of a file as fields; a CSV's head is looked at and passed over. An Error of `visit` makes its line a bad
    // one.
    void visitFile(std::size_t file, std::string_view separator, const Visit& visit,
                   RecordProgress* progress = nullptr) {
        const std::string name = m_files.nameOf(file);
        m_files.forEachLine(file, [&](std::string line, std::size_t number, double share) {
            if (progress) progress->at(share);
            if (separator.empty() && number == 1) return checkHead(name, std::move(line));
            if (line.empty()) return;
            try {
                if (line.find('\0') != line.npos) throw Error("{}", kNullByte);
                if (separator.empty() && !isUtf8(line)) throw Error("is not valid UTF-8; convert the file to it");
                visit(fieldsOf(asUtf8(std::move(line)), separator), number);
            } catch (const Error& error) {
                m_bad(name, number, error.what());
            }
        });
    }

    void readMovies() {
        std::vector<std::vector<std::string>> genres;
        visitFile(*m_files.find(m_form->movies), isFlags() ? "|" : m_form->separator,
                  [&](const Fields& fields, std::size_t) {
                      addMovie(fields);
                      genres.push_back(isFlags() ? flaggedGenres(fields) : namedGenres(fields[2]));
                  });
        setGenres(genres);
    }

    void addMovie(const Fields& fields) {
        const std::size_t expected = isFlags() ? kFlagsBegin + std::size(kFlagGenres) : 3;
        if (fields.size() != expected) throw Error("has {} fields, expected {}", fields.size(), expected);
        if (fields[0].empty()) throw Error("the movie has no id");
        if (!m_movies.emplace(fields[0], m_made.movies.size()).second) throw Error("movie {} stands twice", fields[0]);
        Movie movie{.id = fields[0], .title = fields[1]};
        takeYear(movie);
        m_made.movies.push_back(std::move(movie));
    }

    // From the names of each movie's genres.
    void setGenres(const std::vector<std::vector<std::string>>& genres) {
        std::map<std::string, std::size_t> places;
        for (const auto& names : genres)
            for (const std::string& name : names)
                places.emplace(name, 0);
        for (auto& [name, place] : places) {
            place = m_made.genres.size();
            m_made.genres.push_back(name);
        }
        for (std::size_t i = 0; i < genres.size(); ++i) {
            for (const std::string& name : genres[i])
                m_made.movies[i].genres.push_back(places.at(name));
            std::ranges::sort(m_made.movies[i].genres);
        }
    }

    static void takeYear(Movie& movie) {
        std::string& title = movie.title;
        while (title.ends_with(' '))
            title.pop_back();
        const std::size_t size = title.size();
        const bool hasYear = size > 7 && title.ends_with(')') && title[size - 6] == '(';
        if (hasYear && numberOf<int>(title.substr(size - 5, 4))) {
            movie.year = title.substr(size - 5, 4);
            title.resize(size - 6);
            while (title.ends_with(' '))
                title.pop_back();
        }
        title = inSpokenOrder(title);
    }

    static std::vector<std::string> flaggedGenres(const Fields& fields) {
        std::vector<std::string> names;
        for (std::size_t i = 1; i < std::size(kFlagGenres); ++i) // the first one says that none is known
            if (fields[kFlagsBegin + i] == "1") names.emplace_back(kFlagGenres[i]);
        return names;
    }

    static std::vector<std::string> namedGenres(const std::string& text) {
        std::vector<std::string> names;
        for (std::string& name : dividedBy(text, "|"))
            if (name == "Children's")
                names.emplace_back("Children");
            else if (!name.empty() && name != "(no genres listed)")
                names.push_back(std::move(name));
        return names;
    }

    void readUsers() {
        const auto file = m_files.find(m_form->users);
        if (!file || !*m_form->users) return;
        m_made.hasUserFeatures = true;
        visitFile(*file, isFlags() ? "|" : m_form->separator,
                  [&](const Fields& fields, std::size_t) { addUser(fields); });
    }

    void addUser(const Fields& fields) {
        if (fields.size() != 5) throw Error("has {} fields, expected 5", fields.size());
        if (fields[0].empty()) throw Error("the user has no id");
        if (m_users.contains(fields[0])) throw Error("user {} stands twice", fields[0]);
        MovieUser& user = m_made.users[userNamed(fields[0])];
        user.age = fields[isFlags() ? 1 : 2];
        user.gender = fields[isFlags() ? 2 : 1];
        user.occupation = isFlags() ? fields[3] : occupationOf(fields[3]);
        if (user.occupation == "none" || user.occupation == "other") user.occupation.clear();
    }

    static std::string occupationOf(const std::string& code) {
        const auto number = numberOf<std::size_t>(code);
        return number && *number < std::size(kOccupations) ? kOccupations[*number] : "";
    }

    std::uint32_t userNamed(const std::string& id) {
        const auto [place, isNew] = m_users.emplace(id, static_cast<std::uint32_t>(m_made.users.size()));
        if (isNew) m_made.users.push_back({.id = id, .age = {}, .gender = {}, .occupation = {}});
        return place->second;
    }

    void readRatings() {
        const std::size_t file = *m_files.find(m_form->ratings);
        m_made.ratingsFile = m_files.nameOf(file);
        RecordProgress progress(m_options, 0, 1);
        visitFile(
            file, m_form->separator,
            [&](const Fields& fields, std::size_t line) {
                m_made.ratings.push_back(ratingOf(fields));
                m_made.ratings.back().line = static_cast<std::uint32_t>(line);
            },
            &progress);
    }

    Rating ratingOf(const Fields& fields) {
        if (fields.size() != 4) throw Error("has {} fields, expected user, movie, rating and time", fields.size());
        const auto movie = m_movies.find(fields[1]);
        if (movie == m_movies.end()) throw Error("'{}' is no movie of {}", fields[1], m_form->movies);
        if (fields[0].empty()) throw Error("has no user");
        if (m_made.hasUserFeatures && !m_users.contains(fields[0]))
            throw Error("'{}' is no user of {}", fields[0], m_form->users);
        const auto stars = numberOf<float>(fields[2]);
        if (!stars || !(*stars >= m_form->leastStars && *stars <= 5))
            throw Error("its rating is '{}', expected {} to 5", fields[2], m_form->leastStars);
        const auto time = numberOf<std::int64_t>(fields[3]);
        if (!time) throw Error("its time is '{}', expected seconds since 1970", fields[3]);
        return {.user = userNamed(fields[0]),
                .movie = static_cast<std::uint32_t>(movie->second),
                .stars = *stars,
                .time = *time};
    }

    Files m_files;
    const LoadOptions& m_options;
    const TellBad& m_bad;
    const Form* m_form = nullptr;
    MovieLens m_made;
    std::unordered_map<std::string, std::size_t> m_movies;
    std::unordered_map<std::string, std::uint32_t> m_users;
};

} // namespace

MovieLens readMovieLensFiles(const fs::path& path, const LoadOptions& options, const TellBad& bad) {
    return Reader(path, options, bad).read();
}

} // namespace levi
