// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/stats/comparison_family.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <cmath>

using namespace levi;

using Differences = std::vector<double>;
Q_DECLARE_METATYPE(Differences)

namespace {

constexpr double kNoMargin = -1;

FamilyOptions optionsWith(double margin) {
    return {.margin = margin >= 0 ? std::optional(margin) : std::nullopt};
}

} // namespace

class TestComparisonFamily : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void exploratoryOnesSayTheirOwnP() {
        QCOMPARE(exploratoryText(compareAlone(std::vector<double>{0.1, 0.2, 0.1, 0.2, 0.1, 0.2})),
                 std::string("exploratory (p = 0.031 by itself, n = 6)"));
        QCOMPARE(exploratoryText(compareAlone(std::vector<double>{})), std::string("no shared seed"));
    }

    // The numbers of further seeds are scipy's quantiles in the formula of the header.
    void judges_data() {
        QTest::addColumn<Differences>("differences");
        QTest::addColumn<double>("margin");
        QTest::addColumn<QString>("words");
        const Differences mixed = {0.02, -0.01, 0.03, 0.01, -0.02, 0.02}, up = {1, 2, 3, 4, 5, 6};
        const auto row = [](const char* name, const Differences& differences, double margin, const char* words) {
            QTest::newRow(name) << differences << margin << QString::fromUtf8(words);
        };
        row("no seed", {}, kNoMargin, "no shared seed");
        row("one seed", {0.4}, kNoMargin,
            "undecided: with 1 shared seed no p below 1 is possible; needs about 5 more seeds");
        row("five seeds", {1, 2, 3, 4, 5}, kNoMargin,
            "undecided: with 5 shared seeds no p below 0.062 is possible; needs about 1 more seed");
        row("better", up, kNoMargin, "better (p = 0.031, n = 6)");
        row("worse", {-1, -2, -3, -4, -5, -6}, kNoMargin, "worse (p = 0.031, n = 6)");
        row("undecided", mixed, kNoMargin, "undecided (p = 0.44, n = 6): needs about 37 more seeds");
        row("undecided, a margin", mixed, 0.02, "undecided (p = 0.44, n = 6): needs about 16 more seeds");
        row("within the margin", mixed, 0.05, "practically equal within the margin (p = 0.44, n = 6)");
        row("different, and within the margin", up, 7, "practically equal within the margin (p = 0.031, n = 6)");
        row("nothing at all", Differences(6, 0.0), kNoMargin, "undecided (p = 1, n = 6)");
        row("nothing at all, a margin", Differences(6, 0.0), 0.01,
            "practically equal within the margin (p = 1, n = 6)");
        row("a tiny effect", {1, -1, 1, -1, 1, -1, 0.01}, kNoMargin,
            "undecided (p = 1, n = 7): needs over 1000 more seeds");
        row("many seeds", Differences(40, 0.1), kNoMargin, "better (p < 0.001, n = 40, Monte Carlo)");
    }

    void judges() {
        QFETCH(Differences, differences);
        QFETCH(double, margin);
        QFETCH(QString, words);
        const FamilyOptions options = optionsWith(margin);
        QCOMPARE(QString::fromStdString(verdictText(compareAlone(differences, options), options)), words);
    }

    void namesWhoIsBetter() {
        const Differences up = {1, 2, 3, 4, 5, 6}, down = {-1, -2, -3, -4, -5, -6};
        const auto words = [](const Differences& differences) {
            return QString::fromStdString(verdictText(compareAlone(differences), "LEVI", "Probe"));
        };
        QCOMPARE(words(up), QStringLiteral("LEVI is better (p = 0.031, n = 6)"));
        QCOMPARE(words(down), QStringLiteral("Probe is better (p = 0.031, n = 6)"));
        QCOMPARE(words({}), QStringLiteral("no shared seed"));
    }

    void adjustsOverTheFamily() {
        const Differences up = {1, 2, 3, 4, 5, 6, 7}, down = {-1, -2, -3, -4, -5, -6, -7}, none = {};
        const auto family = compareFamily(std::vector{up, down, none});
        QCOMPARE(family[0].test.p, 2.0 / 128);
        QCOMPARE(family[0].adjustedP, 6.0 / 128); // three tests, the empty one counts
        QCOMPARE(family[1].adjustedP, 6.0 / 128); // Holm: never less than the one before
        QCOMPARE(family[0].smallestAdjustedP, 6.0 / 128);
        QCOMPARE(family[2].adjustedP, 1.0);
        QVERIFY(family[0].verdict == Verdict::Better && family[1].verdict == Verdict::Worse);
        const auto wide = compareFamily(std::vector(4, up));
        QVERIFY(wide[0].verdict == Verdict::Undecided); // 8 / 128 = .0625
        QCOMPARE(wide[0].moreSeeds, std::optional(std::int64_t{1}));
        QVERIFY(compareFamily({}).empty());
    }

    void countsSuperiority() {
        QCOMPARE(compareAlone(Differences{1, -1, 0, 2}).superiority, std::optional(0.625));
        QVERIFY(!compareAlone(Differences{}).superiority);
    }

    // At n = 5 the smallest p is .0625; with n = 12, 20 comparisons fit .01.
    void knowsTheFloor() {
        QCOMPARE(compareAlone(Differences(5, 1.0)).smallestAdjustedP, 0.0625);
        QCOMPARE(fewestSeeds(0.01, 20), 12);
        QVERIFY(compareFamily(std::vector(20, Differences(12, 1.0)), {.alpha = 0.01})[7].verdict == Verdict::Better);
        QVERIFY(compareFamily(std::vector(21, Differences(12, 1.0)), {.alpha = 0.01})[7].verdict != Verdict::Better);
        QCOMPARE(fewestSeeds(0.05, 1), 6);
        QVERIFY_EXCEPTION_THROWN(fewestSeeds(0.05, 0), Error);
        QVERIFY_EXCEPTION_THROWN(compareAlone(Differences{1, 2}, {.margin = -1}), Error);
        QVERIFY_EXCEPTION_THROWN(compareAlone(Differences{1, std::nan("")}), Error);
    }
};

LEVI_TEST(TestComparisonFamily)
#include "tst_comparison_family.moc"
