// SPDX-License-Identifier: Apache-2.0
#include "core/base/random.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <numeric>

class TestRandom : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // First outputs of SplitMix64 for seed 1234567, as published with its reference implementation.
    void matchesTheReference() {
        levi::Random random(1234567);
        QCOMPARE(random.next(), std::uint64_t{6457827717110365317ULL});
        QCOMPARE(random.next(), std::uint64_t{3203168211198807973ULL});
    }

    void keepsStreamsApart() {
        QVERIFY(levi::streamSeed(0, "order", 0) != levi::streamSeed(0, "order", 1));
        QVERIFY(levi::streamSeed(0, "order", 0) != levi::streamSeed(0, "dropout", 0));
        QVERIFY(levi::streamSeed(0, "order", 0) != levi::streamSeed(1, "order", 0));
        QCOMPARE(levi::streamSeed(5, "order", 3), levi::streamSeed(5, "order", 3));
    }

    void drawsFairly() {
        levi::Random random(1);
        double sum = 0, squares = 0;
        constexpr int count = 20'000;
        for (int i = 0; i < count; ++i) {
            const double draw = random.normal();
            sum += draw;
            squares += draw * draw;
        }
        QVERIFY(std::abs(sum / count) < 0.03); // 4 standard errors
        QVERIFY(std::abs(squares / count - 1) < 0.04);
        for (int i = 0; i < 1000; ++i)
            QVERIFY(random.below(7) < 7);
    }

    // Mean 1/2 and variance 1 / (4 (2 alpha + 1)) of Beta(alpha, alpha).
    void drawsFromBeta_data() {
        QTest::addColumn<double>("alpha");
        for (const double alpha : {0.2, 1.0, 3.0})
            QTest::addRow("%g", alpha) << alpha;
    }

    void drawsFromBeta() {
        QFETCH(double, alpha);
        levi::Random random(2);
        double sum = 0, squares = 0;
        constexpr int count = 20'000;
        for (int i = 0; i < count; ++i) {
            const double draw = random.beta(alpha, alpha);
            QVERIFY(draw >= 0 && draw <= 1);
            sum += draw;
            squares += (draw - 0.5) * (draw - 0.5);
        }
        QVERIFY(std::abs(sum / count - 0.5) < 0.012); // 4 standard errors
        QVERIFY(std::abs(squares / count - 1 / (4 * (2 * alpha + 1))) < 0.006);
    }

    void drawsFromBetaOfAnySize() {
        levi::Random random(2);
        for (int i = 0; i < 100; ++i) {
            const double tiny = random.beta(1e-9, 1e-9);
            QVERIFY(tiny == 0 || tiny == 1);
            QVERIFY(std::abs(random.beta(3e6, 1e6) - 0.75) < 0.01);
        }
    }

    void shufflesToAPermutation() {
        std::vector<int> values(100);
        std::iota(values.begin(), values.end(), 0);
        auto shuffled = values;
        levi::Random(3).shuffle(shuffled);
        QVERIFY(shuffled != values);
        std::sort(shuffled.begin(), shuffled.end());
        QVERIFY(shuffled == values);
    }
};

LEVI_TEST(TestRandom)
#include "tst_random.moc"
