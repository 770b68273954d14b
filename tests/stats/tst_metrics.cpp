// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/stats/metrics.h"
#include "core/stats/rank_tests.h"
#include "core/stats/regression_metrics.h"
#include "core/stats/robustness.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <cmath>
#include <limits>

using Logits = std::vector<float>;
using Labels = std::vector<std::int64_t>;
Q_DECLARE_METATYPE(Logits)
Q_DECLARE_METATYPE(Labels)

namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

levi::ClassificationMetrics metricsOf(const Logits& logits, std::int64_t classes, const Labels& labels,
                                      const Labels& groups = {}) {
    return levi::classificationMetrics(
        levi::Predictions<float>{.logits = logits, .classes = classes, .labels = labels, .groups = groups});
}

} // namespace

class TestMetrics : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void knowsSmallCases() {
        // Two right of three; the third is sure of the wrong class.
        const auto m = metricsOf({2, 0, 0, 2, 3, 0}, 2, {0, 1, 1}, {7, 7, 9});
        QCOMPARE(*m.accuracy, 2.0 / 3);
        QCOMPARE(*m.macroF1, (2.0 / 3 + 2.0 / 3) / 2);
        QCOMPARE(*m.nll, (2 * std::log1p(std::exp(-2.0)) + 3 + std::log1p(std::exp(-3.0))) / 3);
        QCOMPARE(*m.auc, 0.5); // of the pairs (1 above 0): one right, one wrong
        QCOMPARE(m.worstGroup->group, 9);
        QCOMPARE(m.worstGroup->value, 0.0);
        QCOMPARE(m.worstGroup->count, 1);
        QCOMPARE(m.predictedShares, (std::vector<double>{2.0 / 3, 1.0 / 3}));
        QCOMPARE(m.groupAccuracy.size(), std::size_t{2});
    }

    void isUndefinedWithoutFiniteLogits_data() {
        QTest::addColumn<Logits>("logits");
        QTest::addColumn<Labels>("labels");
        QTest::newRow("no rows") << Logits{} << Labels{};
        QTest::newRow("a NaN") << Logits{0, 1, kNan, 0} << Labels{0, 1};
        QTest::newRow("an infinity") << Logits{0, 1, kInfinity, 0} << Labels{0, 1};
        QTest::newRow("minus infinity") << Logits{0, -kInfinity} << Labels{0};
    }

    void isUndefinedWithoutFiniteLogits() {
        QFETCH(Logits, logits);
        QFETCH(Labels, labels);
        const auto m = metricsOf(logits, 2, labels, labels);
        for (const auto& [key, value] : levi::metricsByKey(m))
            QVERIFY2(!value, key.c_str());
        QCOMPARE(levi::metricsByKey(m).size(), std::size_t{6});
        QVERIFY(m.predictedShares.empty() && m.groupAccuracy.empty() && !m.brier);
    }

    void refusesWhatDoesNotFit_data() {
        QTest::addColumn<Logits>("logits");
        QTest::addColumn<qint64>("classes");
        QTest::addColumn<Labels>("labels");
        QTest::addColumn<Labels>("groups");
        QTest::newRow("no classes") << Logits{} << qint64{0} << Labels{} << Labels{};
        QTest::newRow("half a row") << Logits{1, 2, 3} << qint64{2} << Labels{0} << Labels{};
        QTest::newRow("a label too many") << Logits{1, 2} << qint64{2} << Labels{0, 1} << Labels{};
        QTest::newRow("label below") << Logits{1, 2} << qint64{2} << Labels{-1} << Labels{};
        QTest::newRow("label above") << Logits{1, 2} << qint64{2} << Labels{2} << Labels{};
        QTest::newRow("groups of other length") << Logits{1, 2} << qint64{2} << Labels{0} << Labels{1, 2};
    }

    void refusesWhatDoesNotFit() {
        QFETCH(Logits, logits);
        QFETCH(qint64, classes);
        QFETCH(Labels, labels);
        QFETCH(Labels, groups);
        QVERIFY_EXCEPTION_THROWN(metricsOf(logits, classes, labels, groups), levi::Error);
    }

    void survivesExtremeLogits() {
        const auto m = metricsOf({3e38F, -3e38F, -3e38F, 3e38F}, 2, {0, 0});
        QCOMPARE(*m.accuracy, 0.5);
        QVERIFY(std::isfinite(*m.nll));
        QCOMPARE(*m.ece, 0.5); // confidence 1 belongs to the last bin
    }

    void rankAucCases_data() {
        QTest::addColumn<std::vector<double>>("scores");
        QTest::addColumn<std::vector<std::uint8_t>>("positive");
        QTest::addColumn<double>("expected"); // negative: undefined
        using Scores = std::vector<double>;
        using Flags = std::vector<std::uint8_t>;
        QTest::newRow("perfect") << Scores{1, 2, 3, 4} << Flags{0, 0, 1, 1} << 1.0;
        QTest::newRow("reversed") << Scores{1, 2, 3, 4} << Flags{1, 1, 0, 0} << 0.0;
        QTest::newRow("all tied") << Scores{5, 5, 5} << Flags{0, 1, 1} << 0.5;
        QTest::newRow("no positive") << Scores{1, 2} << Flags{0, 0} << -1.0;
        QTest::newRow("no negative") << Scores{1, 2} << Flags{1, 1} << -1.0;
        QTest::newRow("empty") << Scores{} << Flags{} << -1.0;
        QTest::newRow("not finite") << Scores{1, std::nan("")} << Flags{0, 1} << -1.0;
    }

    void rankAucCases() {
        QFETCH(std::vector<double>, scores);
        QFETCH(std::vector<std::uint8_t>, positive);
        QFETCH(double, expected);
        const auto auc = levi::rankAuc(scores, positive);
        QCOMPARE(auc.has_value(), expected >= 0);
        if (auc) QCOMPARE(*auc, expected);
    }

    void aucOfManyClassesIsOneAgainstRest() {
        // Class 2 never occurs; classes 0 and 1 are told apart perfectly.
        const auto m = metricsOf({4, 0, 0, 3, 0, 0, 0, 4, 0, 0, 3, 0}, 3, {0, 0, 1, 1});
        QCOMPARE(*m.auc, 1.0);
        QVERIFY(!metricsOf({4, 0, 0, 3, 0, 0}, 3, {0, 0}).auc);
        QVERIFY(!metricsOf({4, 3}, 1, {0, 0}).auc);
    }

    void regressionIsUndefinedWhereItMustBe() {
        const std::vector<double> target = {1, 2, 3}, constant = {2, 2, 2}, broken = {1, 2, std::nan("")};
        const auto flat = levi::regressionMetrics({.predicted = constant, .target = target});
        QVERIFY(flat.rmse && flat.mae && !flat.pearson && !flat.rmseWorstGroup);
        QVERIFY(!levi::regressionMetrics({.predicted = broken, .target = target}).rmse);
        QVERIFY(!levi::regressionMetrics({}).rmse);
        QVERIFY_EXCEPTION_THROWN(levi::regressionMetrics({.predicted = {}, .target = target}), levi::Error);
    }

    void rankTestsRefuseWhatDoesNotFit() {
        QVERIFY_EXCEPTION_THROWN(levi::friedmanTest({}), levi::Error);
        QVERIFY_EXCEPTION_THROWN(levi::friedmanTest({{1, 2}, {1}}), levi::Error);
        QVERIFY_EXCEPTION_THROWN(levi::friedmanTest({{1, std::nan("")}}), levi::Error);
        QVERIFY(!levi::friedmanTest({{1, 1}, {2, 2}}).chi2); // nothing but ties
        QVERIFY_EXCEPTION_THROWN(levi::studentisedRangeQuantile(1, 3), levi::Error);
    }

    void robustnessNeedsALine() {
        const std::vector<double> same(5, 0.8), ood = {0.5, 0.6, 0.4, 0.3, 0.55}, ids = {0.7, 0.8, 0.6, 0.5, 0.75},
                                                edge = {0.8, 1.0, 0.7, 0.6, 0.5};
        QVERIFY(levi::fitRobustnessLine(ids, ood));
        QVERIFY(!levi::fitRobustnessLine(same, ood));
        QVERIFY(!levi::fitRobustnessLine(std::span(ids).first(4), std::span(ood).first(4)));
        QVERIFY_EXCEPTION_THROWN(levi::fitRobustnessLine(edge, ood), levi::Error);
        QVERIFY_EXCEPTION_THROWN(levi::fitRobustnessLine(std::span(ids).first(4), ood), levi::Error);
    }
};

LEVI_TEST(TestMetrics)
#include "tst_metrics.moc"
