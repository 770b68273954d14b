// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/stats/paired_tests.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <cmath>
#include <limits>

using Differences = std::vector<double>;
using levi::PairedVerdict;
Q_DECLARE_METATYPE(Differences)
Q_DECLARE_METATYPE(levi::PairedVerdict)

class TestPairedTests : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void pairsBySeed() {
        const auto pairs = levi::pairBySeed({{0, 0.5}, {1, 0.6}, {4, 0.7}}, {{1, 0.5}, {4, 0.9}, {5, 0.1}});
        QCOMPARE(pairs.seeds, (std::vector<std::uint64_t>{1, 4}));
        QCOMPARE(pairs.differences, (Differences{0.6 - 0.5, 0.7 - 0.9}));
        QCOMPARE(pairs.onlyA, (std::vector<std::uint64_t>{0}));
        QCOMPARE(pairs.onlyB, (std::vector<std::uint64_t>{5}));
    }

    void judges_data() {
        QTest::addColumn<Differences>("differences");
        QTest::addColumn<PairedVerdict>("verdict");
        QTest::newRow("no seed") << Differences{} << PairedVerdict::TooFewSeeds;
        QTest::newRow("one seed") << Differences{0.4} << PairedVerdict::TooFewSeeds;
        QTest::newRow("three seeds") << Differences{0.4, 0.5, 0.6} << PairedVerdict::TooFewSeeds;
        QTest::newRow("six seeds, all up") << Differences{1, 2, 3, 4, 5, 6} << PairedVerdict::AHigher;
        QTest::newRow("six seeds, all down") << Differences{-1, -2, -3, -4, -5, -6} << PairedVerdict::BHigher;
        QTest::newRow("six seeds, one against") << Differences{1, 2, 3, 4, 5, -6} << PairedVerdict::Undecided;
        QTest::newRow("no difference at all") << Differences(6, 0.0) << PairedVerdict::Undecided;
        QTest::newRow("many seeds") << Differences(40, 0.1) << PairedVerdict::AHigher;
    }

    void judges() {
        QFETCH(Differences, differences);
        QFETCH(PairedVerdict, verdict);
        QCOMPARE(levi::comparePaired(differences).verdict, verdict);
    }

    void drawsWhereCountingIsTooMuch() {
        Differences differences;
        for (int i = 0; i < 20; ++i)
            differences.push_back((i % 3 == 0 ? -1 : 1) * (0.1 + 0.01 * i));
        const auto counted = levi::signFlipTest(differences);
        QVERIFY(counted.exact);
        QCOMPARE(counted.patterns, std::int64_t{1} << 20);
        differences.push_back(0); // changes no sum, so p is the same on paper
        const auto drawn = levi::signFlipTest(differences);
        QVERIFY(!drawn.exact);
        QVERIFY(std::abs(drawn.p - counted.p) < 0.005); // 200,000 draws: sd below 0.0011
        QCOMPARE(levi::signFlipTest(differences).p, drawn.p);
    }

    void refusesOddInput() {
        const Differences broken = {1, std::nan("")}, huge(3, std::numeric_limits<double>::max());
        QVERIFY_EXCEPTION_THROWN(levi::signFlipTest(broken), levi::Error);
        QVERIFY_EXCEPTION_THROWN(levi::signFlipTest(huge), levi::Error);
        for (const double p : {-0.1, 1.1, std::nan("")})
            QVERIFY_EXCEPTION_THROWN(levi::holmAdjusted(Differences{0.5, p}), levi::Error);
        QVERIFY_EXCEPTION_THROWN(levi::mcNemarTest(-1, 3), levi::Error);
        QVERIFY_EXCEPTION_THROWN(levi::fewestSeeds(0), levi::Error);
    }

    void knowsTheFewestSeeds() {
        QCOMPARE(levi::fewestSeeds(0.05), 6);
        QCOMPARE(levi::fewestSeeds(0.0625), 5);
        QCOMPARE(levi::fewestSeeds(0.01), 8);
    }

    void mcNemarWithoutDiscordantSamples() {
        const auto test = levi::mcNemarTest(0, 0);
        QCOMPARE(test.pExact, 1.0);
        QVERIFY(!test.chi2Corrected && !test.pChi2Corrected);
    }
};

LEVI_TEST(TestPairedTests)
#include "tst_paired_tests.moc"
