// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/load.h"
#include "core/spec/validate.h"
#include "tests/data/lines.h"
#include "tests/data/movielens_fixture.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <algorithm>
#include <map>

#include <fmt/ranges.h>

using namespace levi;
using test::Form;
using Fixture = test::MovieLensFixture;

namespace {

void skip(MovieLensOptions& o) {
    o.broken = BrokenFiles::Skip;
}

std::int64_t rowsOf(const Dataset& data) {
    std::int64_t rows = 0;
    for (const RowSet& role : data.evaluation.roles)
        rows += role.size();
    return rows;
}

// The lines of ratings.csv, its head first; without the last, empty one.
std::vector<std::string> linesOf(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin < text.size(); begin = text.find('\n', begin) + 1)
        lines.push_back(text.substr(begin, text.find('\n', begin) + 1 - begin));
    return lines;
}

struct Found {
    std::string role;
    double stars;

    bool operator==(const Found&) const = default;
};

// By id. Every id is there once.
std::map<std::string, Found> foundIn(const Dataset& data) {
    std::map<std::string, Found> found;
    for (const RowSet& role : data.evaluation.roles)
        for (std::int64_t i = 0; i < role.size(); ++i)
            if (!found.emplace(role.id(i), Found{role.role(), role.number(i)}).second)
                throw Error("{} stands twice", role.id(i));
    return found;
}

} // namespace

class TestMovieLensFaults : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void namesBadLines_data() {
        QTest::addColumn<int>("form");
        QTest::addColumn<bool>("zipped");
        QTest::addColumn<QByteArrayList>("more"); // ratings, movies, users
        QTest::addColumn<QByteArrayList>("reasons");
        for (const bool zipped : {false, true}) {
            QTest::addRow("ratings%s", zipped ? ", zip" : "")
                << int(Form::Latest) << zipped << QByteArrayList{"1,99,3,5\n1,2,7,5\n1,2,3\n1,2,3,x\n", "", ""}
                << QByteArrayList{"ratings.csv, line 402: '99' is no movie of movies.csv",
                                  "ratings.csv, line 403: its rating is '7', expected 0.5 to 5",
                                  "ratings.csv, line 404: has 3 fields, expected user, movie, rating and time",
                                  "ratings.csv, line 405: its time is 'x', expected seconds since 1970"};
            QTest::addRow("every file of 1M%s", zipped ? ", zip" : "")
                << int(Form::Million) << zipped
                << QByteArrayList{"1::99::3::5\n77::2::3::5\n", "5::Again (1990)::War\n99::x\n::No id (1990)::War\n",
                                  "77::M\n3::M::20::20::0\n"}
                << QByteArrayList{"movies.dat, line 31: movie 5 stands twice",
                                  "movies.dat, line 32: has 2 fields, expected 3",
                                  "movies.dat, line 33: the movie has no id",
                                  "users.dat, line 41: has 2 fields, expected 5",
                                  "users.dat, line 42: user 3 stands twice",
                                  "ratings.dat, line 401: '99' is no movie of movies.dat",
                                  "ratings.dat, line 402: '77' is no user of users.dat"};
            QTest::addRow("a null byte of 1M%s", zipped ? ", zip" : "")
                << int(Form::Million) << zipped
                << QByteArrayList{QByteArray("1\0::2::3::5\n", 12), "", QByteArray("1\0::M::20::20::0\n", 17)}
                << QByteArrayList{"users.dat, line 41: holds a null byte, expected text; is the file damaged?",
                                  "ratings.dat, line 401: holds a null byte, expected text; is the file damaged?"};
            QTest::addRow("quotes of latest%s", zipped ? ", zip" : "")
                << int(Form::Latest) << zipped
                << QByteArrayList{"\"1,2,3,5\n1,32,3,5\n",
                                  "31,\"Film,War\r\n32,\"a\"b,War\r\n33,c (1990),War\r\n34,Caf\xE9 (1990),War\r\n", ""}
                << QByteArrayList{"movies.csv, line 32: a quote does not end",
                                  "movies.csv, line 33: goes on behind a closing quote, expected a comma or the end of "
                                  "the line",
                                  "movies.csv, line 35: is not valid UTF-8; convert the file to it",
                                  "ratings.csv, line 402: a quote does not end",
                                  "ratings.csv, line 403: '32' is no movie of movies.csv"};
        }
    }

    void namesBadLines() {
        QFETCH(int, form);
        QFETCH(bool, zipped);
        QFETCH(QByteArrayList, more);
        QFETCH(QByteArrayList, reasons);
        const Fixture f;
        test::Made files = test::made(Form(form));
        files.ratings += more[0].toStdString();
        files.movies += more[1].toStdString();
        files.users += more[2].toStdString();
        const auto path = f.write(Form(form), zipped, files);
        const auto read = readData(f.data(path, skip));
        QVERIFY2(read.problems.empty(), qPrintable(test::joined(read.problems)));
        QCOMPARE(read.brokenFiles, std::int64_t{reasons.size()});
        for (qsizetype i = 0; i < reasons.size(); ++i) {
            const QByteArray reason = QByteArray::fromStdString(read.broken[std::size_t(i)].reason);
            QVERIFY2(reason.endsWith(reasons[i]), reason);
        }
        QCOMPARE(rowsOf(*read.dataset), std::int64_t{400});
        const auto stopped = readData(f.data(path));
        QCOMPARE(stopped.problems.size(), std::size_t(reasons.size()) + 1);
        QVERIFY(stopped.problems.back().starts_with("set data.broken to skip"));
    }

    // Where nothing has looked at the options before.
    void aBraceThatDoesNotClose() {
        const Fixture f;
        const auto path = f.write(Form::Latest, false, test::made(Form::Latest));
        const auto read = readData(f.data(path, [](auto& o) { o.prompt = "{movie} {x"; }));
        const auto said = [&] {
            try {
                return read.dataset ? read.dataset->training.train.text(0).first
                                    : test::joined(read.problems).toStdString();
            } catch (const Error& error) {
                return std::string(error.what());
            }
        }();
        QVERIFY2(said.find("does not close") != std::string::npos, said.c_str());
    }

    // Two users may be told the same; that makes no copies.
    void equalPromptsAreNoCopies() {
        const Fixture f;
        const auto path = f.write(Form::Latest, false, test::made(Form::Latest));
        const Dataset data = loadDataset(f.data(path, [](auto& o) { o.prompt = "{title}"; }));
        QVERIFY2(!test::joined(data.notes).contains(QStringLiteral("content of a training row")),
                 qPrintable(test::joined(data.notes)));
    }

    // Read without it, ids would change places, or a rating be lost, and nobody would see it.
    void aCsvNeedsItsHead_data() {
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("columns that changed places")
            << QByteArray("ratings.csv") << QByteArray("userId,movieId") << QByteArray("movieId,userId")
            << QByteArray("ratings.csv: line 1 is 'movieId,userId,rating,timestamp', expected 'userId,movieId,rating,");
        QTest::newRow("no head") << QByteArray("ratings.csv") << QByteArray("userId,movieId,rating,timestamp\r\n")
                                 << QByteArray() << QByteArray("ratings.csv: line 1 is '");
        QTest::newRow("movies without one") << QByteArray("movies.csv") << QByteArray("movieId,title,genres\r\n")
                                            << QByteArray() << QByteArray("movies.csv: line 1 is '");
    }

    void aCsvNeedsItsHead() {
        QFETCH(QByteArray, file);
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, to);
        QFETCH(QByteArray, says);
        const Fixture f;
        test::Made files = test::made(Form::Latest);
        std::string& text = file == "ratings.csv" ? files.ratings : files.movies;
        QVERIFY2(text.starts_with(from.toStdString()), text.substr(0, 40).c_str());
        text.replace(0, std::size_t(from.size()), to.toStdString());
        const auto read = readData(f.data(f.write(Form::Latest, false, files), skip));
        QCOMPARE(read.problems.size(), std::size_t{1});
        QVERIFY2(QByteArray::fromStdString(read.problems[0]).contains(says), read.problems[0].c_str());
    }

    // Ratings of a movie whose line is bad are none of any movie.
    void countsRatingsOfASkippedMovie() {
        const Fixture f;
        test::Made files = test::made(Form::Latest);
        const auto at = files.movies.find("\n7,") + 1;
        files.movies.replace(at, files.movies.find('\n', at) - at, "7,Film 7");
        std::int64_t rated = 0;
        for (auto found = files.ratings.find(",7,"); found != std::string::npos;
             found = files.ratings.find(",7,", found + 1))
            ++rated;
        const auto read = readData(f.data(f.write(Form::Latest, true, files), skip));
        QVERIFY2(read.problems.empty(), qPrintable(test::joined(read.problems)));
        QVERIFY(rated > 5);
        QCOMPARE(read.brokenFiles, rated + 1);
        QCOMPARE(rowsOf(*read.dataset), 400 - rated);
        QVERIFY(read.broken[1].reason.ends_with("'7' is no movie of movies.csv"));
    }

    // What is never read may be of any size.
    void readsBesideLargeMembers() {
        const Fixture f;
        const test::Made files = test::made(Form::Latest);
        test::ZipWriter zip;
        zip.add("ml/genome-scores.csv", std::string(300'000, 'x'),
                {.size = (std::int64_t{256} << 20) + 1, .method = 8});
        zip.add("ml/movies.csv", files.movies, {.deflate = true});
        zip.add("ml/ratings.csv", files.ratings, {.deflate = true});
        const Dataset data = loadDataset(f.data(f.folder.write("ml.zip", zip.bytes())));
        QCOMPARE(rowsOf(data), std::int64_t{400});
    }

    // Every third rating twice or three times, and a movie that a user has rated again.
    void keepsCopiesInOneRole_data() {
        QTest::addColumn<bool>("reversed");
        QTest::newRow("in order") << false;
        QTest::newRow("backwards") << true;
    }

    void keepsCopiesInOneRole() {
        QFETCH(bool, reversed);
        const Fixture f;
        test::Made files = test::made(Form::Latest);
        std::vector<std::string> lines = linesOf(files.ratings);
        std::map<std::string, std::size_t> copies; // of an id
        for (std::size_t i = 1; i <= 400; i += 3)
            for (std::size_t k = 0; k < 1 + i % 2; ++k) {
                lines.push_back(lines[i]);
                ++copies[lines[i]
                             .substr(0, lines[i].find(',', lines[i].find(',') + 1))
                             .replace(lines[i].find(','), 1, ":")];
            }
        for (const char* again : {"2,15,1,880000000\r\n", "2,15,5,990000000\r\n"}) // before and behind what made() has
            lines.push_back(again);
        if (reversed) std::reverse(lines.begin() + 1, lines.end());
        files.ratings = fmt::format("{}", fmt::join(lines, ""));
        const Dataset data = loadDataset(f.data(f.write(Form::Latest, false, files)));
        const auto found = foundIn(data);
        QCOMPARE(found.size(), lines.size() - 1);
        for (const auto& [id, count] : copies)
            for (std::size_t k = 2; k <= count + 1; ++k)
                QVERIFY2(found.at(fmt::format("{}#{}", id, k)) == found.at(id), id.c_str());
        QVERIFY(found.at("2:15").stars == 1 && found.at("2:15#2").stars == 3 && found.at("2:15#3").stars == 5);
        const std::size_t inRoles = std::size_t(std::ranges::count_if(
            copies, [&](const auto& copy) { return found.at(copy.first).role != "ood_test/War"; }));
        QVERIFY(inRoles > 30);
        QVERIFY2(test::joined(data.notes).contains(QStringLiteral("rows have the content of another one and stand in")),
                 qPrintable(test::joined(data.notes)));
    }

    void marksNothingOfCleanData() {
        const Fixture f;
        const Dataset data = loadDataset(f.data(f.write(Form::Latest, false)));
        const auto found = foundIn(data);
        QCOMPARE(found.size(), std::size_t{400});
        QVERIFY(std::ranges::none_of(found, [](const auto& one) { return one.first.find('#') != std::string::npos; }));
        QVERIFY2(!test::joined(data.notes).contains(QStringLiteral("another one")),
                 qPrintable(test::joined(data.notes)));
    }

    void tellsOfGenres_data() {
        QTest::addColumn<QByteArrayList>("genres");
        QTest::addColumn<double>("coldShare");
        QTest::addColumn<QByteArray>("problem");
        QTest::addColumn<QByteArray>("note");
        const QByteArray empty(
            "data.ood_genres is empty, so that nothing is tested out of distribution; the genres are "
            "Action, Comedy, Drama, War");
        QTest::newRow("none") << QByteArrayList{} << 0.0 << QByteArray() << empty;
        QTest::newRow("none but cold movies") << QByteArrayList{} << 0.3 << QByteArray() << QByteArray();
        QTest::newRow("one") << QByteArrayList{"War"} << 0.0 << QByteArray() << QByteArray();
        QTest::newRow("one twice") << QByteArrayList{"War", "Drama", "War"} << 0.0
                                   << QByteArray("data.ood_genres: genre 'War' is named twice; name it once")
                                   << QByteArray();
        QTest::newRow("one that is not there")
            << QByteArrayList{"Wars"} << 0.0
            << QByteArray("data.ood_genres: there is no genre 'Wars'; found Action, Comedy, Drama, War")
            << QByteArray();
    }

    void tellsOfGenres() {
        QFETCH(QByteArrayList, genres);
        QFETCH(double, coldShare);
        QFETCH(QByteArray, problem);
        QFETCH(QByteArray, note);
        const Fixture f;
        const auto read = readData(f.data(f.write(Form::Latest, false), [&](auto& o) {
            o.oodGenres.clear();
            for (const QByteArray& genre : genres)
                o.oodGenres.push_back(genre.toStdString());
            o.coldShare = coldShare;
        }));
        QCOMPARE(test::joined(read.problems).trimmed().toUtf8(), problem);
        if (read.dataset) QCOMPARE(test::joined(read.dataset->notes).contains(QString::fromUtf8(note)), true);
        if (read.dataset) QCOMPARE(test::joined(read.dataset->notes).contains("ood_genres"), !note.isEmpty());
    }

    void saysWhichSideIsEmpty_data() {
        QTest::addColumn<int>("shift");
        QTest::addColumn<double>("share");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("no new user") << int(RatingShift::User) << 0.0
                                     << QByteArray("data.held_out_share: 0 leaves nothing for 'new users'; raise it or "
                                                   "change data.split_seed");
        QTest::newRow("no known user") << int(RatingShift::User) << 1.0
                                       << QByteArray("data.held_out_share: 1 leaves nothing for 'known users' to train "
                                                     "on; lower it or change data.split_seed");
        QTest::newRow("no rare movie") << int(RatingShift::Popularity) << 0.0
                                       << QByteArray(
                                              "data.held_out_share: 0 leaves nothing for 'rarely rated'; raise it");
        QTest::newRow("nothing early") << int(RatingShift::Time) << 1.0
                                       << QByteArray("data.held_out_share: 1 leaves nothing for 'early' to train on; "
                                                     "lower it");
    }

    void saysWhichSideIsEmpty() {
        QFETCH(int, shift);
        QFETCH(double, share);
        QFETCH(QByteArray, says);
        const Fixture f;
        const auto read = readData(f.data(f.write(Form::Latest, false), [&](auto& o) {
            o.shift = RatingShift(shift);
            o.heldOutShare = share;
        }));
        QCOMPARE(test::joined(read.problems).trimmed().toUtf8(), says);
    }

    void saysThatNoMovieIsCold() {
        const Fixture f;
        const auto read = readData(f.data(f.write(Form::Latest, false), [](auto& o) { o.coldShare = 1e-9; }));
        QCOMPARE(test::joined(read.problems).trimmed().toUtf8(),
                 QByteArray("data.cold_share: 1e-09 makes no movie cold; raise it or change data.split_seed"));
    }

    void namesFieldsThatCannotBe_data() {
        QTest::addColumn<QByteArray>("setting");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("a brace") << QByteArray("data.prompt={title}, {movie") << QByteArray("data.prompt")
                                 << QByteArray("a brace in '{title}, {movie' does not close");
        QTest::newRow("no such part") << QByteArray("data.prompt={titel}") << QByteArray("data.prompt")
                                      << QByteArray("found {titel}, expected in braces one of movie");
        QTest::newRow("no prompt") << QByteArray("data.prompt=") << QByteArray("data.prompt")
                                   << QByteArray("is empty, expected parts in braces");
        QTest::newRow("a genre twice") << QByteArray("data.ood_genres=War,Drama,War") << QByteArray("data.ood_genres")
                                       << QByteArray("genre 'War' is named twice");
    }

    void namesFieldsThatCannotBe() {
        QFETCH(QByteArray, setting);
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, says);
        ExperimentSpec spec;
        setAssignment(spec, "data.kind=movielens");
        setAssignment(spec, setting.toStdString());
        const auto problems = validate(spec);
        QVERIFY(std::ranges::any_of(problems, [&](const Problem& problem) {
            return problem.path == path.toStdString() && problem.message.starts_with(says.toStdString());
        }));
    }
};

LEVI_TEST(TestMovieLensFaults)
#include "tst_movielens_faults.moc"
