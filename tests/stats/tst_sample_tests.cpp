// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/base/random.h"
#include "core/stats/rank_tests.h"
#include "core/stats/sample_tests.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <cmath>

using namespace levi;

class TestSampleTests : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void countsWhoIsRight() {
        const std::vector<std::uint8_t> a = {1, 1, 1, 0, 0, 1}, b = {1, 0, 0, 1, 0, 1};
        const SampleCounts counts = countSamples({.rightA = a, .rightB = b});
        QCOMPARE(counts.both, 2);
        QCOMPARE(counts.onlyA, 2);
        QCOMPARE(counts.onlyB, 1);
        QCOMPARE(counts.neither, 1);
        QCOMPARE(counts.test().pExact, 1.0);
        QVERIFY_EXCEPTION_THROWN(countSamples({.rightA = a, .rightB = std::span(b).first(3)}), Error);
    }

    // A mean of 400 draws of sd 1: the interval is close to the normal one.
    void drawsSamples() {
        Random random(7);
        std::vector<double> differences;
        for (int i = 0; i < 400; ++i)
            differences.push_back(0.3 + random.normal());
        const auto drawn = pairedBootstrap(differences);
        const auto normal = meanWithTInterval(differences);
        QCOMPARE(drawn->units, 400);
        QVERIFY(std::abs(drawn->mean - normal->mean) < 1e-12);
        QVERIFY(std::abs(drawn->interval->low - normal->interval->low) < 0.02);
        QVERIFY(std::abs(drawn->interval->high - normal->interval->high) < 0.02);
        const auto again = pairedBootstrap(differences);
        QVERIFY(again->interval->low == drawn->interval->low);
    }

    // Samples of a group rise and fall together: drawing groups must give a much wider interval.
    void drawsWholeGroups() {
        std::vector<double> differences;
        std::vector<std::int64_t> groups;
        for (int i = 0; i < 400; ++i) {
            groups.push_back(i % 8);
            differences.push_back(i % 8 < 4 ? 1 : -1);
        }
        const auto bySample = pairedBootstrap(differences), byGroup = pairedBootstrap(differences, groups);
        QCOMPARE(byGroup->units, 8);
        const auto width = [](const PairedBootstrap& one) { return one.interval->high - one.interval->low; };
        QVERIFY(width(*byGroup) > 4 * width(*bySample));
    }

    void knowsItsLimits() {
        QVERIFY(!pairedBootstrap({}));
        const std::vector<double> one = {0.5}, same(20, 0.5), broken = {1, std::nan("")};
        QVERIFY(!pairedBootstrap(one)->interval);
        QVERIFY(!pairedBootstrap(same)->interval); // all resamples agree
        QVERIFY_EXCEPTION_THROWN(pairedBootstrap(broken), Error);
        const std::vector<std::int64_t> groups = {1, 2};
        QVERIFY_EXCEPTION_THROWN(pairedBootstrap(one, groups), Error);
    }

    void drawsProfiles() {
        const std::vector<double> scores = {0.1, 0.5, 0.5, 0.9}, thresholds = {0, 0.5, 0.6, 1};
        QCOMPARE(performanceProfile(scores, thresholds), (std::vector<double>{1, 0.75, 0.25, 0}));
        QCOMPARE(performanceProfile(scores, thresholds, false), (std::vector<double>{0, 0.75, 0.75, 1}));
        QVERIFY_EXCEPTION_THROWN(performanceProfile({}, thresholds), Error);
        QVERIFY_EXCEPTION_THROWN(performanceProfile(std::vector{std::nan("")}, thresholds), Error);
    }
};

LEVI_TEST(TestSampleTests)
#include "tst_sample_tests.moc"
