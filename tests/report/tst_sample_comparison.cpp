// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/report/sample_comparison.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <cmath>

using namespace levi;

namespace {

// Forty samples of five domains; the first `right` are answered rightly.
StoredPredictions predictions(int right, int samples = 40, int domains = 5) {
    StoredRole role{.role = "ood_test/sketch", .rows = {}, .labels = {}, .domains = {}, .predicted = {}};
    for (int i = 0; i < samples; ++i) {
        role.rows.push_back("row" + std::to_string(i));
        role.labels.push_back(1);
        role.domains.push_back(i % domains);
        role.predicted.push_back(i < right ? 1 : i % 3 == 0 ? -1 : 0);
    }
    return {.classes = {"cat", "dog"}, .domains = {"a", "b"}, .roles = {role}};
}

} // namespace

class TestSampleComparison : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void comparesSampleBySample() {
        const auto roles = compareSamples({{.seed = 3, .a = predictions(30), .b = predictions(20)},
                                           {.seed = 5, .a = predictions(30), .b = predictions(30)}});
        QCOMPARE(roles.size(), std::size_t{1});
        QCOMPARE(roles[0].samples, 40);
        QCOMPARE(roles[0].bySeed[0].second.onlyA, 10);
        QCOMPARE(roles[0].bySeed[0].second.both, 20);
        QCOMPARE(roles[0].bySeed[1].second.onlyA, 0);
        QVERIFY(std::abs(roles[0].overSamples->mean - 0.125) < 1e-12);
        QVERIFY(roles[0].overSamples->interval->low > 0);
        QCOMPARE(roles[0].overDomains->units, 5);
        const auto few = compareSamples({{.seed = 3, .a = predictions(30, 40, 4), .b = predictions(20, 40, 4)}});
        QVERIFY(few[0].overSamples->interval && !few[0].overDomains);
        const Table table = sampleTable(roles);
        QCOMPARE(table.rows[0][0].text, std::string("sketch"));
        QCOMPARE(table.rows[0][2].text, std::string("12.5"));
        QCOMPARE(table.rows[0][5].text, std::string("3: 10 / 0, p = 0.002; 5: 0 / 0, p = 1"));
    }

    void drawsWholeGroupsAndUsers() {
        auto a = predictions(30), b = predictions(20);
        for (StoredPredictions* one : {&a, &b})
            for (int i = 0; i < 40; ++i) {
                one->roles[0].groups.push_back(i % 4);
                one->roles[0].users.push_back(i / 4);
            }
        const auto roles = compareSamples({{.seed = 3, .a = a, .b = b}});
        QVERIFY(!roles[0].overGroups);
        QCOMPARE(roles[0].overUsers->units, 10);
        // Who is asked counts more than how often: users answer alike, so their interval is the wider one.
        const auto width = [](const PairedBootstrap& one) { return one.interval->high - one.interval->low; };
        QVERIFY(width(*roles[0].overUsers) > width(*roles[0].overSamples));
        const Table table = sampleTable(roles);
        QCOMPARE(table.columns[5].title, std::string("over users"));
        QCOMPARE(table.columns.size(), table.rows[0].size());
    }

    void comparesSquaredErrorsOfNumbers() {
        const auto predicting = [](double by) {
            StoredRole role{.role = "id_test"};
            for (int i = 0; i < 20; ++i) {
                role.rows.push_back("row" + std::to_string(i));
                role.domains.push_back(i % 5);
                role.targets.push_back(i);
                role.numbers.push_back(i + (i % 2 == 0 ? by : -by));
            }
            return StoredPredictions{.classes = {}, .domains = {"a"}, .roles = {role}, .areNumbers = true};
        };
        const auto roles = compareSamples({{.seed = 1, .a = predicting(1), .b = predicting(2)}});
        QCOMPARE(roles[0].overSamples->mean, -3.0); // 1 - 4
        QVERIFY(roles[0].bySeed.empty());
        const Table table = sampleTable(roles);
        QCOMPARE(table.columns.size(), table.rows[0].size());
        QCOMPARE(table.rows[0][2].text, std::string("-3.000"));
        QVERIFY(table.columns[2].lowerIsBetter && table.columns[2].unit.empty());
        auto other = predicting(1);
        other.roles[0].targets[3] = 9;
        QVERIFY_EXCEPTION_THROWN(compareSamples({{.seed = 0, .a = predicting(1), .b = other}}), Error);
    }

    void refusesOtherSamples() {
        auto other = predictions(20);
        other.roles[0].labels[7] = 0;
        QVERIFY_EXCEPTION_THROWN(compareSamples({{.seed = 0, .a = predictions(30), .b = other}}), Error);
        QVERIFY_EXCEPTION_THROWN(compareSamples({{.seed = 0, .a = predictions(30), .b = predictions(20, 30)}}), Error);
    }

    void leavesOutWhatOneLacks() {
        auto other = predictions(20);
        other.roles[0].role = "ood_test/art";
        QVERIFY(compareSamples({{.seed = 0, .a = predictions(30), .b = other}}).empty());
        QVERIFY(compareSamples({}).empty());
        QVERIFY(!sampleTable({}).columns.empty());
        QVERIFY(sampleTable({}).notes.at(0).starts_with("Nothing to pair"));
    }
};

LEVI_TEST(TestSampleComparison)
#include "tst_sample_comparison.moc"
