// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/load.h"
#include "core/spec/data/text_data.h"
#include "core/spec/kinds.h"
#include "core/store/run_records.h"
#include "tests/data/files.h"
#include "tests/data/lines.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <algorithm>
#include <set>

using namespace levi;

namespace {

std::string review(int i, const std::string& more = {}) {
    // One in 2005, the next one in 2015.
    return fmt::format(
               R"({{"reviewerID": "u{}", "asin": "a{}", "overall": {}.0, "summary": "S{}", "reviewText": "R{}",)"
               R"( "unixReviewTime": {}{}}})",
               i % 10, i % 7, 1 + i % 5, i, i, i % 2 ? 1'104'600'000 : 1'420'100'000, more) +
           "\n";
}

std::string reviews(int begin, int end) {
    std::string text;
    for (int i = begin; i < end; ++i)
        text += review(i);
    return text;
}

struct Fixture {
    test::TemporaryFolder folder;

    Fixture() {
        folder.write("books.jsonl", reviews(0, 60));
        folder.write("reviews_DVD_5.json.gz", test::gzipped(reviews(60, 120)));
        folder.write("README.md", "not reviews");
    }

    Options data(const std::function<void(AmazonReviewsOptions&)>& change = {}) const {
        Options data(dataKinds().at("amazon_reviews"));
        auto& options = *data.as<AmazonReviewsOptions>();
        options.path = folder.path();
        if (change) change(options);
        return data;
    }
};

const RowSet* roleOf(const Dataset& data, const std::string& name) {
    const auto found = std::ranges::find(data.evaluation.roles, name, &RowSet::role);
    return found == data.evaluation.roles.end() ? nullptr : &*found;
}

} // namespace

class TestAmazonReviews : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsAFilePerCategory() {
        const Fixture f;
        const Dataset data = loadDataset(f.data([](auto& o) { o.ood = {"DVD"}; }));
        QCOMPARE(data.classes, (std::vector<std::string>{"1", "2", "3", "4", "5"}));
        QCOMPARE(data.domains, (std::vector<std::string>{"DVD", "books"}));
        const RowSet& ood = *roleOf(data, "ood_test/DVD");
        QCOMPARE(ood.size(), std::int64_t{60});
        QCOMPARE(ood.id(0), std::string("DVD:1"));
        QCOMPARE(ood.text(0).first, std::string("S60. R60"));
        QCOMPARE(ood.fields(0).categories, (std::vector<std::string>{"u0", "a4"}));
        QCOMPARE(ood.source().fieldNames().categories, (std::vector<std::string>{"user", "item"}));
    }

    void leavesOutThreeStarsOfPolarity() {
        const Fixture f;
        const Dataset data = loadDataset(f.data([](auto& o) {
            o.classes = ReviewClasses::Polarity;
            o.ood = {"DVD"};
        }));
        QCOMPARE(data.classes, (std::vector<std::string>{"negative", "positive"}));
        QCOMPARE(roleOf(data, "ood_test/DVD")->size(), std::int64_t{48});
    }

    void predictsRatings() {
        const Fixture f;
        const Dataset data = loadDataset(f.data([](auto& o) {
            o.target = TargetKind::Number;
            o.id = {"books"};
        }));
        QVERIFY(data.isNumber());
        QCOMPARE(data.domains, (std::vector<std::string>{"books"}));
    }

    void shiftsByTime() {
        const Fixture f;
        const Dataset data = loadDataset(f.data([](auto& o) {
            o.shift = ReviewShift::Time;
            o.firstLateYear = 2015;
        }));
        QCOMPARE(roleOf(data, "ood_test/2015 and later")->size(), std::int64_t{60});
        for (const RowSet& role : data.evaluation.roles)
            for (std::int64_t i = 0; i < role.size(); ++i)
                QCOMPARE(role.domains()[std::size_t(role.domain(i))] == "before 2015",
                         !isTestRole(role.role()) || role.role() == "id_test");
    }

    void shiftsByUser() {
        const Fixture f;
        const Dataset data = loadDataset(f.data([](auto& o) {
            o.shift = ReviewShift::User;
            o.target = TargetKind::Number; // each of these users gives the same stars
            o.newUsersShare = 0.4;
        }));
        std::set<std::string> known, fresh;
        for (const RowSet& role : data.evaluation.roles)
            for (std::int64_t i = 0; i < role.size(); ++i)
                (role.role() == "ood_test/new users" ? fresh : known).insert(role.fields(i).categories[0]);
        QVERIFY(!fresh.empty() && !known.empty());
        QCOMPARE(fresh.size() + known.size(), std::size_t{10});
    }

    void namesBadReviews() {
        Fixture f;
        f.folder.write("books.jsonl", reviews(0, 30) + "{\"reviewerID\": \"u\", \"asin\": \"a\", \"overall\": 6}\n" +
                                          "{\"reviewerID\": \"u\", \"overall\": 5, \"reviewText\": \"x\"}\n" +
                                          "{\"reviewerID\": \"u\", \"asin\": \"a\", \"overall\": 5}\n");
        const auto read = readData(f.data([](auto& o) {
            o.id = {"books"};
            o.broken = BrokenFiles::Skip;
        }));
        QVERIFY(read.problems.empty());
        QCOMPARE(read.brokenFiles, std::int64_t{2});
        QVERIFY(read.broken[0].reason.ends_with("line 31: 'overall' is '6', expected stars from 1 to 5"));
        QVERIFY(read.broken[1].reason.ends_with("line 32: 'asin' is missing, expected an id"));
        QVERIFY(test::joined(read.dataset->notes).contains(QStringLiteral("1 reviews without a text are left out")));
    }

    void namesUnknownKeysOfTheText_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("says"); // "": nothing
        QTest::newRow("no such key") << QByteArray("{summary}. {reviewtext}") << QByteArray("data.text: no review of");
        QTest::newRow("which there are") << QByteArray("{reviewtext}")
                                         << QByteArray("has the key 'reviewtext'; found asin, overall, reviewText, "
                                                       "reviewerID, summary, unixReviewTime");
        QTest::newRow("a key of one category") << QByteArray("{summary}{style}") << QByteArray();
        QTest::newRow("as it is") << QByteArray("{summary}. {reviewText}") << QByteArray();
    }

    void namesUnknownKeysOfTheText() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, says);
        Fixture f;
        f.folder.write("toys.jsonl", R"({"reviewerID": "u", "asin": "a", "overall": 5, "summary": "s", "style": "x"})"
                                     "\n");
        auto read = readData(f.data([&](auto& o) {
            o.text = text.toStdString();
            o.id =
                text.contains("style") ? std::vector<std::string>{"books", "toys"} : std::vector<std::string>{"books"};
            o.ood = {"DVD"};
        }));
        const QByteArray all = test::joined(read.problems).toUtf8();
        QVERIFY2(all.contains(says) && all.isEmpty() == says.isEmpty(), all);
    }

    // JSON has no such number, but a text may say it.
    void refusesWhatIsNoNumber_data() {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QByteArray>("reason");
        QTest::newRow("rating") << QByteArray(R"("overall": "nan", "unixReviewTime": 1400000000)")
                                << QByteArray("'overall' is 'nan', expected a number from 1 to 5");
        QTest::newRow("time") << QByteArray(R"("overall": 5, "unixReviewTime": "nan")")
                              << QByteArray("'unixReviewTime' is 'nan', expected seconds since 1970: data.shift needs "
                                            "them");
    }
    void refusesWhatIsNoNumber() {
        QFETCH(QByteArray, line);
        QFETCH(QByteArray, reason);
        Fixture f;
        f.folder.write("books.jsonl", reviews(0, 30) + R"({"reviewerID": "u", "asin": "a", "reviewText": "x", )" +
                                          line.toStdString() + "}\n");
        const auto read = readData(f.data([](auto& o) {
            o.target = TargetKind::Number;
            o.shift = ReviewShift::Time;
            o.broken = BrokenFiles::Skip;
        }));
        QCOMPARE(read.brokenFiles, std::int64_t{1});
        QVERIFY2(read.broken[0].reason.ends_with(reason.toStdString()), read.broken[0].reason.c_str());
    }

    void saysWhichSideIsEmpty_data() {
        QTest::addColumn<int>("shift");
        QTest::addColumn<int>("firstLateYear");
        QTest::addColumn<double>("newUsersShare");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("no new user") << int(ReviewShift::User) << 2013 << 0.0
                                     << QByteArray("data.new_users_share: 0 leaves nobody for 'new users'; raise it or "
                                                   "change data.split_seed");
        QTest::newRow("no known user") << int(ReviewShift::User) << 2013 << 1.0
                                       << QByteArray("data.new_users_share: 1 leaves nobody to train on; lower it or "
                                                     "change data.split_seed");
        QTest::newRow("nothing late") << int(ReviewShift::Time) << 2020 << 0.2
                                      << QByteArray("data.first_late_year: no review is of 2020 or later; choose an "
                                                    "earlier year");
        QTest::newRow("nothing early") << int(ReviewShift::Time) << 1995 << 0.2
                                       << QByteArray("data.first_late_year: no review is from before 1995, and none is "
                                                     "left to train on; choose a later year");
    }

    void saysWhichSideIsEmpty() {
        QFETCH(int, shift);
        QFETCH(int, firstLateYear);
        QFETCH(double, newUsersShare);
        QFETCH(QByteArray, says);
        const Fixture f;
        const auto read = readData(f.data([&](auto& o) {
            o.shift = ReviewShift(shift);
            o.firstLateYear = firstLateYear;
            o.newUsersShare = newUsersShare;
        }));
        QCOMPARE(test::joined(read.problems).trimmed().toUtf8(), says);
    }

    void saysWhatIsNotThere_data() {
        QTest::addColumn<QByteArray>("category");
        QTest::addColumn<bool>("isFolder");
        QTest::addColumn<QByteArray>("says");
        QTest::newRow("no such category")
            << QByteArray("toys") << true << QByteArray("there is no category 'toys'; found books, DVD");
        QTest::newRow("no reviews") << QByteArray() << false << QByteArray("holds no reviews");
    }

    void saysWhatIsNotThere() {
        QFETCH(QByteArray, category);
        QFETCH(bool, isFolder);
        QFETCH(QByteArray, says);
        const Fixture f;
        const test::TemporaryFolder empty;
        const auto read = readData(f.data([&](auto& o) {
            if (!category.isEmpty()) o.id = {category.toStdString()};
            if (!isFolder) o.path = empty.path();
        }));
        const QByteArray all = test::joined(read.problems).toUtf8();
        QVERIFY2(all.contains(says), all);
    }
};

LEVI_TEST(TestAmazonReviews)
#include "tst_amazon_reviews.moc"
