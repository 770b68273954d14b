// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/report/groups_table.h"
#include "core/report/metric_style.h"
#include "core/report/results_table.h"
#include "core/report/robustness_table.h"
#include "core/report/store_rows.h"
#include "tests/support/test_main.h"

#include <QTest>

using namespace levi;

namespace {

RunSummary run(std::uint64_t seed, std::vector<MetricRow> metrics) {
    RunSummary summary;
    summary.id = static_cast<std::int64_t>(seed) + 1;
    summary.cell = "0123456789abcdef";
    summary.name = "GroupDRO";
    summary.method = "group_dro";
    summary.seed = seed;
    summary.state = RunState::Done;
    summary.metrics = std::move(metrics);
    return summary;
}

// Of Waterbirds' test role; the landbirds on water have no row.
RunSummary birds(std::uint64_t seed, double worst) {
    const std::string role = "ood_test/test";
    return run(seed, {{role, "", "accuracy", 0.9, 100},
                      {role, "", "worst_group", worst, 7},
                      {role, "", "adjusted_average", 0.95, 100},
                      {role, "", "accuracy/place:0 y:0", 0.99, 80},
                      {role, "", "accuracy/place:1 y:0", std::nullopt, 0},
                      {role, "", "accuracy/place:1 y:1", worst, 7},
                      {role, "0", "accuracy", 0.1, 50}, // a domain is no group here
                      {"id_test", "", "accuracy", 0.9, 100},
                      {"id_test", "", "worst_group", 0.9, 100}});
}

QString textAt(const Table& table, std::size_t row, const char* column) {
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        if (table.columns[i].title == column) return QString::fromStdString(table.rows.at(row).at(i).text);
    return QStringLiteral("no such column");
}

} // namespace

class TestGroupsTable : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void namesTheWorstGroupWithItsRows() {
        const std::vector<RunSummary> runs = {birds(0, 0.5), birds(1, 0.7)};
        const auto rows = resultRows(runs);
        QVERIFY(namesGroups(rows));
        const Table table = groupsTable(rows);
        QCOMPARE(table.rows.size(), std::size_t{1}); // one group alone has no worst one
        QCOMPARE(textAt(table, 0, "role"), QStringLiteral("test"));
        QVERIFY(textAt(table, 0, "worst group's accuracy").startsWith(QStringLiteral("60.0 ± ")));
        QCOMPARE(textAt(table, 0, "its rows"), QStringLiteral("7"));
        QCOMPARE(textAt(table, 0, "worst group"), QStringLiteral("place:1 y:1"));
        QVERIFY(textAt(table, 0, "adjusted average accuracy").startsWith(QStringLiteral("95.0")));
        QVERIFY(table.notes.back().find("Groups without a row in test, left out of the worst one: place:1 y:0.") !=
                std::string::npos);
        for (const auto& row : table.rows)
            QCOMPARE(row.size(), table.columns.size());
        QCOMPARE(metricsOf(rows), (std::vector<std::string>{"accuracy", "worst_group", "adjusted_average"}));
    }

    void saysTheSameOfOneRun() {
        const std::vector<RunSummary> runs = {birds(0, 0.5)};
        const auto sentences = groupSentences(resultRows(runs).front());
        QCOMPARE(sentences.size(), std::size_t{1});
        QCOMPARE(QString::fromStdString(sentences[0]),
                 QStringLiteral("ood_test/test: accuracy 90.0 %; worst group's accuracy 50.0 % (place:1 y:1, 7 rows); "
                                "adjusted average accuracy 95.0 %; without a row: place:1 y:0"));
    }

    // How many rows the worst group has says which one it is.
    void hidesTheWorstGroupUnderASeal() {
        std::vector<RunSummary> runs = {birds(0, 0.5), birds(1, 0.7)};
        for (RunSummary& one : runs) {
            one.sealed = true;
            for (MetricRow& metric : one.metrics)
                metric.value.reset();
        }
        const auto rows = resultRows(runs);
        const Table table = groupsTable(rows);
        QCOMPARE(table.rows.size(), std::size_t{1});
        for (const char* column : {"worst group's accuracy", "its rows", "adjusted average accuracy"})
            QCOMPARE(textAt(table, 0, column), QStringLiteral("sealed"));
        QCOMPARE(textAt(table, 0, "worst group"), QStringLiteral("–"));
    }

    // Candidates that a bundle brings beside the picked one keep domains and no groups.
    void namesNoDomainForAGroupThatIsLost_data() {
        QTest::addColumn<int>("rows"); // of the worst group
        QTest::addColumn<QString>("name");
        QTest::newRow("a group of other rows") << 7 << QStringLiteral("–");
        QTest::newRow("the domain itself") << 50 << QStringLiteral("0");
    }

    void namesNoDomainForAGroupThatIsLost() {
        QFETCH(int, rows);
        RunSummary one = birds(0, 0.5);
        std::erase_if(one.metrics, [](const MetricRow& metric) { return isPartOf(metric.metric); });
        for (MetricRow& metric : one.metrics)
            if (metric.metric == "worst_group" && metric.role != "id_test") metric.count = rows;
        const Table table = groupsTable(resultRows(std::span(&one, 1)));
        QCOMPARE(textAt(table, 0, "its rows"), QString::number(rows));
        QTEST(textAt(table, 0, "worst group"), "name");
    }

    void takesDomainsForGroupsOfNumbers() {
        const std::vector<RunSummary> runs = {run(0, {{"id_test", "", "rmse", 0.5, 30},
                                                      {"id_test", "", "rmse_worst_group", 0.9, 10},
                                                      {"id_test", "north", "rmse", 0.9, 10},
                                                      {"id_test", "south", "rmse", 0.2, 20}})};
        const auto rows = resultRows(runs);
        QVERIFY(!namesGroups(rows));
        const Table table = groupsTable(rows);
        QCOMPARE(textAt(table, 0, "worst group"), QStringLiteral("north"));
        QCOMPARE(textAt(table, 0, "its rows"), QStringLiteral("10"));
        QCOMPARE(usualMetric(rows), std::string("rmse"));
        QVERIFY_EXCEPTION_THROWN(robustnessTable(rows), Error);
    }

    void theBestRmseIsTheLowest() {
        std::vector<RunSummary> runs = {
            run(0, {{"id_test", "", "rmse", 0.5, 30}}), run(1, {{"id_test", "", "rmse", 0.6, 30}}),
            run(0, {{"id_test", "", "rmse", 0.4, 30}}), run(1, {{"id_test", "", "rmse", 0.3, 30}})};
        for (std::size_t i = 2; i < 4; ++i) {
            runs[i].cell = "fedcba9876543210";
            runs[i].name = "LEVI";
        }
        const auto rows = resultRows(runs);
        const Table table = resultsTable(rows, {.metric = usualMetric(rows)}).table;
        QVERIFY(!table.rows[0][2].bold && table.rows[1][2].bold);
        QVERIFY(headText(table.columns[2]).ends_with("↓"));
    }

    void everyMetricHasAName() {
        for (const std::string& metric : metricKeys())
            QVERIFY2(metricStyle(metric).title != metric || metric == "accuracy", metric.c_str());
        QVERIFY(metricStyle("rmse_worst_group").lowerIsBetter && !metricStyle("pearson_worst_group").lowerIsBetter);
    }
};

LEVI_TEST(TestGroupsTable)
#include "tst_groups_table.moc"
