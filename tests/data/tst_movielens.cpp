// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/load.h"
#include "core/spec/data/movielens_options.h"
#include "core/spec/kinds.h"
#include "tests/data/files.h"
#include "tests/data/lines.h"
#include "tests/support/fixtures.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <algorithm>
#include <array>
#include <map>
#include <set>

using namespace levi;

namespace {

// Forty users; movie m is of genre m % 3, movies divisible by 5 are also of War; user u rates ten movies, one a day.
struct Made {
    std::string ratings, movies, users;
};

std::string flagsOf(int movie) {
    std::string flags;
    for (int genre = 0; genre < 19; ++genre) // Action, Comedy and Drama are 1, 5, 8; War is 17
        flags += fmt::format(
            "|{}", int(genre == std::array{1, 5, 8}[std::size_t(movie % 3)] || (genre == 17 && movie % 5 == 0)));
    return flags;
}

std::string namedGenres(int movie) {
    std::string genres = std::array{"Action", "Comedy", "Drama"}[std::size_t(movie % 3)];
    return movie % 5 == 0 ? genres + "|War" : genres;
}

enum class Form { Hundred, Million, Latest };

Made made(Form form) {
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

struct Fixture {
    test::TemporaryFolder folder;

    std::filesystem::path write(Form form, bool zipped, const std::string& more = {}) const {
        Made files = made(form);
        files.ratings += more;
        const std::array names = form == Form::Hundred   ? std::array{"u.data", "u.item", "u.user"}
                                 : form == Form::Million ? std::array{"ratings.dat", "movies.dat", "users.dat"}
                                                         : std::array{"ratings.csv", "movies.csv", ""};
        const std::array<const std::string*, 3> contents = {&files.ratings, &files.movies, &files.users};
        test::ZipWriter zip;
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

const RowSet& roleOf(const Dataset& data, const std::string& name) {
    return *std::ranges::find(data.evaluation.roles, name, &RowSet::role);
}

bool has(const Dataset& data, const std::string& name) {
    return std::ranges::find(data.evaluation.roles, name, &RowSet::role) != data.evaluation.roles.end();
}

std::set<std::string> itemsOf(const RowSet& rows, std::size_t category) {
    std::set<std::string> items;
    for (std::int64_t i = 0; i < rows.size(); ++i)
        items.insert(rows.fields(i).categories[category]);
    return items;
}

bool isDisjoint(const std::set<std::string>& a, const std::set<std::string>& b) {
    return std::ranges::none_of(a, [&b](const std::string& item) { return b.contains(item); });
}

} // namespace

class TestMovieLens : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsEveryForm_data() {
        QTest::addColumn<int>("form");
        QTest::addColumn<bool>("zipped");
        for (const bool zipped : {false, true})
            for (const auto& [name, form] :
                 {std::pair{"100k", Form::Hundred}, {"1M", Form::Million}, {"latest", Form::Latest}})
                QTest::addRow("%s%s", name, zipped ? ", zip" : "") << int(form) << zipped;
    }

    void readsEveryForm() {
        QFETCH(int, form);
        QFETCH(bool, zipped);
        const Fixture f;
        const bool hasUsers = Form(form) != Form::Latest;
        const Dataset data =
            loadDataset(f.data(f.write(Form(form), zipped), [](auto& o) { o.prompt = "{movie}; {genres}; {user}"; }));
        QVERIFY(data.isNumber());
        const RowSet& ood = roleOf(data, "ood_test/War");
        QCOMPARE(ood.size() + data.training.train.size() + data.training.idVal.size() + roleOf(data, "id_test").size(),
                 std::int64_t{400});
        const FieldNames names = ood.source().fieldNames();
        QCOMPARE(names.flags, (std::vector<std::string>{"Action", "Comedy", "Drama", "War"}));
        QCOMPARE(names.categories.size(), std::size_t(hasUsers ? 4 : 2));
        bool isLeonThere = false, isPresidentThere = false;
        for (const RowSet& role : data.evaluation.roles)
            for (std::int64_t i = 0; i < role.size(); ++i) {
                const std::string text = role.text(i).first;
                isLeonThere =
                    isLeonThere || text.starts_with("Léon (1994); Drama; " + std::string(hasUsers ? "User: " : ""));
                isPresidentThere = isPresidentThere || text.starts_with("The American President (1995); Comedy; ");
                QVERIFY(!hasUsers || text.find("writer. ") != std::string::npos);
            }
        QVERIFY(isLeonThere && isPresidentThere);
        for (std::int64_t i = 0; i < ood.size(); ++i)
            QCOMPARE(int(ood.fields(i).flags[3]), 1);
        for (std::int64_t i = 0; i < data.training.train.size(); ++i)
            QCOMPARE(int(data.training.train.fields(i).flags[3]), 0);
    }

    // A rating of a movie with two held-out genres counts in both roles, and in none of training.
    void holdsOutGenresByTheMultiLabelRule() {
        const Fixture f;
        const Dataset data = loadDataset(f.data(f.write(Form::Latest, false), [](auto& o) {
            o.oodGenres = {"War", "Action"};
        }));
        const auto war = itemsOf(roleOf(data, "ood_test/War"), 1), action = itemsOf(roleOf(data, "ood_test/Action"), 1),
                   train = itemsOf(data.training.train, 1);
        QVERIFY(war.contains("15") && action.contains("15") && action.contains("3") && !war.contains("3"));
        QVERIFY(isDisjoint(train, war) && isDisjoint(train, action));
    }

    // No prompt tells what another row that is asked about answers, nor what comes later.
    void tellsEarlierTrainingRatingsAlone() {
        const Fixture f;
        const Dataset data = loadDataset(f.data(f.write(Form::Hundred, false), [](auto& o) {
            o.prompt = "{history}";
            o.historyLength = 50;
        }));
        std::map<std::string, std::set<std::string>> trained; // user -> titles
        const RowSet& train = data.training.train;
        for (std::int64_t i = 0; i < train.size(); ++i)
            trained[train.fields(i).categories[0]].insert(train.fields(i).categories[1]);
        std::size_t told = 0;
        for (const RowSet& role : data.evaluation.roles)
            for (std::int64_t i = 0; i < role.size(); ++i) {
                const QString text = QString::fromStdString(role.text(i).first);
                const auto fields = role.fields(i);
                const QStringList films = text.split(QStringLiteral("Film "), Qt::SkipEmptyParts);
                for (qsizetype k = 1; k < films.size(); ++k) {
                    const auto movie = films[k].section(QLatin1Char(' '), 0, 0).toStdString();
                    QVERIFY(trained[fields.categories[0]].contains(movie));
                    QVERIFY(movie != fields.categories[1]);
                    ++told;
                }
            }
        QVERIFY(told > 500);
    }

    void tellsTheLatestFirst() {
        const Fixture f;
        const Dataset data = loadDataset(f.data(f.write(Form::Latest, false), [](auto& o) {
            o.prompt = "{history}";
            o.historyLength = 1;
            o.shift = RatingShift::Time;
        }));
        // Late ratings tell of the latest early ones that were trained on.
        const RowSet& late = roleOf(data, "ood_test/late");
        for (std::int64_t i = 0; i < late.size(); ++i)
            QCOMPARE(QString::fromStdString(late.text(i).first).count(QLatin1Char(',')), qsizetype{0});
    }

    void shifts_data() {
        QTest::addColumn<int>("shift");
        QTest::addColumn<QByteArray>("role");
        QTest::newRow("time") << int(RatingShift::Time) << QByteArray("ood_test/late");
        QTest::newRow("user") << int(RatingShift::User) << QByteArray("ood_test/new users");
        QTest::newRow("popularity") << int(RatingShift::Popularity) << QByteArray("ood_test/rarely rated");
    }

    void shifts() {
        QFETCH(int, shift);
        QFETCH(QByteArray, role);
        const Fixture f;
        const Dataset data = loadDataset(f.data(f.write(Form::Latest, false), [&](auto& o) {
            o.shift = RatingShift(shift);
            o.heldOutShare = 0.3;
        }));
        const RowSet& ood = roleOf(data, role.toStdString());
        QVERIFY2(ood.size() > 40 && ood.size() <= 200, qPrintable(QString::number(ood.size())));
        if (RatingShift(shift) == RatingShift::User)
            QVERIFY(isDisjoint(itemsOf(ood, 0), itemsOf(data.training.train, 0)));
        if (RatingShift(shift) == RatingShift::Popularity)
            QVERIFY(isDisjoint(itemsOf(ood, 1), itemsOf(data.training.train, 1)));
        if (RatingShift(shift) == RatingShift::Time) QCOMPARE(ood.size(), std::int64_t{120});
    }

    void coldMoviesAreUnseenOnesOfSeenGenres() {
        const Fixture f;
        const Dataset data = loadDataset(f.data(f.write(Form::Latest, false), [](auto& o) { o.coldShare = 0.3; }));
        QVERIFY(has(data, "ood_test/cold"));
        const auto cold = itemsOf(roleOf(data, "ood_test/cold"), 1);
        QVERIFY(isDisjoint(cold, itemsOf(data.training.train, 1)) &&
                isDisjoint(cold, itemsOf(roleOf(data, "ood_test/War"), 1)));
        QVERIFY(!has(loadDataset(f.data(f.write(Form::Latest, false))), "ood_test/cold"));
    }

    void ratesInClassesToo() {
        const Fixture f;
        const Dataset data =
            loadDataset(f.data(f.write(Form::Latest, false), [](auto& o) { o.target = TargetKind::Class; }));
        QCOMPARE(data.classes, (std::vector<std::string>{"1", "2", "3", "4", "5"}));
    }

    void namesBadRatings() {
        const Fixture f;
        const auto path = f.write(Form::Latest, true, "1,99,3,5\n1,2,7,5\n1,2,3\n1,2,3,x\n");
        const auto read = readData(f.data(path, [](auto& o) { o.broken = BrokenFiles::Skip; }));
        QVERIFY2(read.problems.empty(), qPrintable(test::joined(read.problems)));
        QCOMPARE(read.brokenFiles, std::int64_t{4});
        QVERIFY(read.broken[0].reason.ends_with("line 402: '99' is no movie of movies.csv"));
        QVERIFY(read.broken[1].reason.ends_with("line 403: its rating is '7', expected 0.5 to 5"));
        QVERIFY(!readData(f.data(path)).problems.empty());
    }

    void saysWhatIsNotThere() {
        const Fixture f;
        const auto genre = readData(f.data(f.write(Form::Latest, false), [](auto& o) { o.oodGenres = {"Wars"}; }));
        QVERIFY(
            test::joined(genre.problems).contains(QStringLiteral("no genre 'Wars'; found Action, Comedy, Drama, War")));
        f.folder.write("other/x.txt", "x");
        const auto none = readData(f.data(f.folder / "other"));
        QVERIFY(test::joined(none.problems).contains(QStringLiteral("holds no MovieLens")));
    }

    void readsThePublishedSets_data() {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<int>("rows");
        QTest::newRow("100k") << QByteArray("ml-100k.zip") << 100'000;
        QTest::newRow("latest-small") << QByteArray("ml-latest-small.zip") << 100'836;
    }

    void readsThePublishedSets() {
        QFETCH(QByteArray, name);
        QFETCH(int, rows);
        const auto path = test::realData("datasets/movielens") / name.toStdString();
        LEVI_NEEDS(path);
        const Fixture f;
        const Dataset data = loadDataset(f.data(path));
        std::int64_t count = 0;
        for (const RowSet& role : data.evaluation.roles)
            count += role.size();
        QCOMPARE(count, std::int64_t{rows});
        QCOMPARE(data.brokenFiles, std::int64_t{0});
    }
};

LEVI_TEST(TestMovieLens)
#include "tst_movielens.moc"
