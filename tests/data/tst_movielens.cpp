// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/load.h"
#include "tests/data/lines.h"
#include "tests/data/movielens_fixture.h"
#include "tests/support/fixtures.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

using namespace levi;
using test::Form;
using Fixture = test::MovieLensFixture;

namespace {

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

std::set<std::string> genresOf(const RowSet& rows) {
    std::set<std::string> genres;
    for (std::int64_t i = 0; i < rows.size(); ++i)
        for (std::size_t genre = 0; genre < rows.fields(i).flags.size(); ++genre)
            if (rows.fields(i).flags[genre]) genres.insert(rows.source().fieldNames().flags[genre]);
    return genres;
}

// Of half of the users another rating in the second of their sixth.
std::string ratingsAtOnce(Form form) {
    std::string more;
    for (int u = 1; u <= 20; ++u)
        more += fmt::format(fmt::runtime(form == Form::Hundred ? "{}\t{}\t{}\t{}\n" : "{},{},{},{}\r\n"), u,
                            (u * 7 + 44) % 30 + 1, 3, 880'000'000 + 86'400 * 5 + u);
    return more;
}

// The ratings of a file, and which of them are trained on.
class Ratings {
public:
    Ratings(std::string file, const RowSet& train) {
        std::ranges::replace_if(
            file, [](char c) { return c == ',' || c == '\t'; }, ' ');
        std::istringstream lines(file.substr(file.starts_with('u') ? file.find('\n') + 1 : 0));
        for (One one; lines >> one.user >> one.movie >> one.stars >> one.time;) {
            m_times[fmt::format("{}:{}", one.user, one.movie)] = one.time;
            m_all.push_back(one);
        }
        for (std::int64_t i = 0; i < train.size(); ++i)
            m_trained.insert(train.id(i));
        std::ranges::stable_sort(m_all, {}, &One::time);
    }

    std::string historyBefore(const std::string& id, int length) const {
        std::string told;
        for (auto one = m_all.rbegin(); one != m_all.rend() && length > 0; ++one)
            if (isTrainedOn(*one, id) && one->time < m_times.at(id)) {
                told += fmt::format("{}{} {}", told.empty() ? "Rated before: " : ", ", title(one->movie), one->stars);
                --length;
            }
        return told.empty() ? told : told + ".";
    }

    bool hasOtherAtOnce(const std::string& id) const {
        return std::ranges::any_of(m_all, [&](const One& one) {
            return isTrainedOn(one, id) && one.time == m_times.at(id) &&
                   fmt::format("{}:{}", one.user, one.movie) != id;
        });
    }

private:
    struct One {
        int user = 0, movie = 0, stars = 0;
        std::int64_t time = 0;
    };

    bool isTrainedOn(const One& one, const std::string& id) const { // of the same user
        return id.starts_with(fmt::format("{}:", one.user)) &&
               m_trained.contains(fmt::format("{}:{}", one.user, one.movie));
    }
    static std::string title(int movie) {
        return movie == 1   ? "The American President (1995)"
               : movie == 2 ? "Léon (1994)"
                            : fmt::format("Film {} ({})", movie, 1960 + movie);
    }

    std::vector<One> m_all; // by time
    std::map<std::string, std::int64_t> m_times;
    std::set<std::string> m_trained;
};

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

    // No prompt tells what another row that is asked about answers, nor what comes later or at the same time.
    void tellsEarlierTrainingRatingsAlone_data() {
        QTest::addColumn<int>("form");
        QTest::addColumn<int>("shift");
        QTest::addColumn<int>("length");
        QTest::newRow("all of them") << int(Form::Hundred) << int(RatingShift::Genre) << 50;
        QTest::newRow("the latest three") << int(Form::Hundred) << int(RatingShift::Genre) << 3;
        QTest::newRow("the latest one of the late") << int(Form::Latest) << int(RatingShift::Time) << 1;
    }

    void tellsEarlierTrainingRatingsAlone() {
        QFETCH(int, form);
        QFETCH(int, shift);
        QFETCH(int, length);
        const Fixture f;
        const std::string more = ratingsAtOnce(Form(form));
        const Dataset data = loadDataset(f.data(f.write(Form(form), false, more), [&](auto& o) {
            o.prompt = "{history}";
            o.historyLength = length;
            o.shift = RatingShift(shift);
        }));
        const Ratings ratings(test::made(Form(form)).ratings + more, data.training.train);
        int told = 0, atOnce = 0;
        for (const RowSet& role : data.evaluation.roles)
            for (std::int64_t i = 0; i < role.size(); ++i) {
                QCOMPARE(QString::fromStdString(role.text(i).first),
                         QString::fromStdString(ratings.historyBefore(role.id(i), length)));
                told += !role.text(i).first.empty();
                atOnce += ratings.hasOtherAtOnce(role.id(i));
            }
        QVERIFY2(told > 300 && atOnce > 10, qPrintable(QStringLiteral("%1 %2").arg(told).arg(atOnce)));
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
        const RowSet& coldRows = roleOf(data, "ood_test/cold");
        const auto cold = itemsOf(coldRows, 1);
        QVERIFY(isDisjoint(cold, itemsOf(data.training.train, 1)) &&
                isDisjoint(cold, itemsOf(roleOf(data, "ood_test/War"), 1)));
        const auto seen = genresOf(data.training.train), asked = genresOf(coldRows);
        QVERIFY(cold.size() > 3 && !asked.empty() && std::ranges::includes(seen, asked));
        QVERIFY(!has(loadDataset(f.data(f.write(Form::Latest, false))), "ood_test/cold"));
    }

    void ratesInClassesToo() {
        const Fixture f;
        const Dataset data =
            loadDataset(f.data(f.write(Form::Latest, false), [](auto& o) { o.target = TargetKind::Class; }));
        QCOMPARE(data.classes, (std::vector<std::string>{"1", "2", "3", "4", "5"}));
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

    // Which one would be read nobody has said.
    void refusesTwoSets_data() {
        QTest::addColumn<QByteArray>("second");
        QTest::newRow("of two forms") << QByteArray("ratings.dat");
        QTest::newRow("of one form") << QByteArray("ratings.csv");
    }

    void refusesTwoSets() {
        QFETCH(QByteArray, second);
        const Fixture f;
        f.write(Form::Latest, false);
        const bool isOther = second == "ratings.dat";
        const test::Made files = test::made(isOther ? Form::Million : Form::Latest);
        f.folder.write(isOther ? "other/movies.dat" : "other/movies.csv", files.movies);
        f.folder.write("other/" + second.toStdString(), files.ratings);
        const auto read = readData(f.data(f.folder.path()));
        const QByteArray all = test::joined(read.problems).toUtf8();
        QVERIFY2(all.contains("holds more than one MovieLens, ") && all.contains("ml/ratings.csv") &&
                     all.contains("other/" + second) && all.contains("set data.path to the folder of one"),
                 all);
        QVERIFY(readData(f.data(f.folder / "ml")).problems.empty());
    }

    void notesThatUsersAreNotDescribed_data() {
        QTest::addColumn<int>("form");
        QTest::addColumn<QByteArray>("prompt");
        QTest::addColumn<QByteArray>("says"); // "": nothing
        QTest::newRow("nobody is") << int(Form::Latest) << QByteArray("{movie}. {user}{age}")
                                   << QByteArray("so that {user}, {age} of data.prompt says nothing");
        QTest::newRow("nobody asks") << int(Form::Latest) << QByteArray("{movie}") << QByteArray();
        QTest::newRow("they are") << int(Form::Million) << QByteArray("{movie}. {user}") << QByteArray();
    }

    void notesThatUsersAreNotDescribed() {
        QFETCH(int, form);
        QFETCH(QByteArray, prompt);
        QFETCH(QByteArray, says);
        const Fixture f;
        const Dataset data =
            loadDataset(f.data(f.write(Form(form), false), [&](auto& o) { o.prompt = prompt.toStdString(); }));
        const QByteArray notes = test::joined(data.notes).toUtf8();
        QVERIFY2(notes.contains(says) && notes.contains("no file describes the users") == !says.isEmpty(), notes);
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
