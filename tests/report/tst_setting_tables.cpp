// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/report/efficiency_table.h"
#include "core/report/rank_table.h"
#include "core/report/results_table.h"
#include "core/report/robustness_table.h"
#include "tests/report/result_fixtures.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <cmath>

using namespace levi;
using test::addRows;

namespace {

QString textAt(const Table& table, std::size_t row, const char* column) {
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        if (table.columns[i].title == column) return QString::fromStdString(table.rows.at(row).at(i).text);
    return QStringLiteral("no such column");
}

QString notesOf(const Table& table) {
    QString all;
    for (const auto& note : table.notes)
        all += QString::fromStdString(note) + "\n";
    return all;
}

// A setting a pair of ID and OOD accuracy.
std::vector<ResultRow> points(const std::vector<std::pair<double, double>>& accuracies) {
    std::vector<ResultRow> rows;
    for (std::size_t i = 0; i < accuracies.size(); ++i)
        addRows(rows, {.cell = "cell" + std::to_string(i),
                       .method = "m" + std::to_string(i),
                       .roles = {{"id_test", {accuracies[i].first}}, {"ood_test/x", {accuracies[i].second}}}});
    return rows;
}

double logistic(double x) {
    return 1 / (1 + std::exp(-x));
}

} // namespace

// The tables that have a row a setting, beside the results table.
class TestSettingTables : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void ranksOverDomains() {
        std::vector<ResultRow> rows;
        addRows(rows, {.cell = "a", .method = "A", .roles = {{"ood_test/x", {0.9, 0.7}}, {"ood_test/y", {0.6}}}});
        addRows(rows, {.cell = "b", .method = "B", .roles = {{"ood_test/x", {0.7}}, {"ood_test/y", {0.6}}}});
        addRows(rows, {.cell = "c", .method = "C", .roles = {{"ood_test/x", {0.1}}, {"ood_test/y", {0.7}}}});
        rows.back().roles["ood_test/z"]["accuracy"] = 0.5;
        const Table table = rankTable(rows);
        QCOMPARE(textAt(table, 0, "x"), QStringLiteral("1"));
        QCOMPARE(textAt(table, 0, "y"), QStringLiteral("2.5"));
        QCOMPARE(textAt(table, 2, "y"), QStringLiteral("1"));
        QCOMPARE(textAt(table, 0, "mean rank"), QStringLiteral("1.75"));
        QVERIFY(table.rows[0].back().bold && table.rows[1].back().tied);
        QVERIFY(notesOf(table).contains("because a setting lacks them: z."));
        QVERIFY(notesOf(table).contains("Friedman over 2 domains"));
        for (levi::ResultRow& row : rows)
            row.roles.erase("ood_test/y");
        const Table single = rankTable(rows);
        QVERIFY(notesOf(single).contains("One domain: its ranks, and no test of them."));
        QVERIFY(single.rows[0].back().bold && !single.rows[1].back().tied);
        const Table turned = rankTable(rows, {.metric = "nll"});
        QVERIFY(notesOf(turned).contains("No ranks: found 3 settings and 0 domains"));
    }

    void drawsProfiles() {
        std::vector<ResultRow> rows;
        addRows(rows, {.cell = "a", .method = "A", .roles = {{"ood_test/x", {0.1, 1.0}}}});
        addRows(rows, {.cell = "b", .method = "B", .roles = {{"id_test", {0.4}}}});
        const Table table = profileTable(rows);
        QCOMPARE(textAt(table, 0, "≥ 10.0"), QStringLiteral("100"));
        QCOMPARE(textAt(table, 0, "≥ 20.0"), QStringLiteral("50"));
        QCOMPARE(textAt(table, 1, "≥ 100.0"), QStringLiteral("–"));
        QVERIFY(profileTable({}).rows.empty());
    }

    // Five baselines on the line logit(OOD) = logit(ID) - 1; the sixth lies above it.
    void measuresEffectiveRobustness() {
        std::vector<std::pair<double, double>> accuracies;
        for (const double x : {0.0, 0.5, 1.0, 1.5, 2.0})
            accuracies.emplace_back(logistic(x), logistic(x - 1));
        accuracies.emplace_back(logistic(1.2), logistic(0.2) + 0.1);
        const auto rows = points(accuracies);
        const Table table = robustnessTable(rows, {.baselines = {"m0", "m1", "m2", "m3", "cell4"}});
        QCOMPARE(textAt(table, 5, "x"), QStringLiteral("+10.0"));
        QCOMPARE(textAt(table, 0, "x"), QStringLiteral("+0.0"));
        QVERIFY2(notesOf(table).contains("x: ID and OOD accuracy correlate with r = 0.9"), qPrintable(notesOf(table)));
        QCOMPARE(textAt(robustnessTable(rows), 5, "x"), QStringLiteral("+10.0")); // against all others
    }

    // Another setting of LEVI, above the line too, is no baseline unless it is named.
    void drawsNoLineThroughLevi() {
        std::vector<std::pair<double, double>> accuracies;
        for (const double x : {0.0, 0.5, 1.0, 1.5, 2.0})
            accuracies.emplace_back(logistic(x), logistic(x - 1));
        for (const double x : {1.2, 1.6})
            accuracies.emplace_back(logistic(x), logistic(x - 1) + 0.1);
        auto rows = points(accuracies);
        for (levi::ResultRow& row : rows)
            row.kind = row.method == "m5" || row.method == "m6" ? "levi" : "linear_probe";
        const Table table = robustnessTable(rows);
        QCOMPARE(textAt(table, 5, "x"), QStringLiteral("+10.0"));
        QCOMPARE(textAt(table, 6, "x"), QStringLiteral("+10.0"));
        QVERIFY(notesOf(table).contains("the other settings, but those of LEVI"));
        const Table named = robustnessTable(rows, {.baselines = {"m0", "m1", "m2", "m3", "m4", "m6"}});
        QVERIFY(textAt(named, 5, "x") != QStringLiteral("+10.0"));
    }

    void refusesALineThroughFewPoints() {
        const Table table = robustnessTable(points({{0.5, 0.4}, {0.6, 0.5}, {0.7, 0.6}, {0.8, 0.7}, {1.0, 0.8}}));
        QCOMPARE(textAt(table, 0, "x"), QStringLiteral("–"));
        QVERIFY2(notesOf(table).contains("fewer than 5 baselines"), qPrintable(notesOf(table)));
        QVERIFY(notesOf(table).contains("over 4 settings"));
    }

    void tellsWhatThingsCost() {
        std::vector<ResultRow> rows;
        addRows(rows, {.cell = "a", .method = "A", .roles = {{"id_test", {0.9, 0.9}}}});
        addRows(rows, {.cell = "b", .method = "B", .roles = {{"id_test", {0.9}}}});
        rows[0].costs = {{"seconds", 60},
                         {"training_flops", 2e12},
                         {"inference_flops_per_sample", 3e9},
                         {"backbone_flops_per_sample", 2e9},
                         {"tuning_trials", 8},
                         {"trainable_parameters", 1500}};
        rows[1].costs = rows[0].costs;
        rows[1].costs["seconds"] = 120;
        rows[1].costs["inference_seconds_per_sample"] = 0.0125;
        rows[1].costs["backbone_seconds_per_sample"] = 0.01;
        rows[2].costs = {{"inference_flops_per_sample", 1e9}, {"trainable_parameters", 0}};
        const Table table = efficiencyTable(rows);
        QCOMPARE(textAt(table, 0, "training time"), QStringLiteral("1:30"));
        QCOMPARE(textAt(table, 0, "training FLOPs"), QStringLiteral("2.00 TFLOP"));
        QCOMPARE(textAt(table, 0, "inference FLOPs"), QStringLiteral("3.00 GFLOP (1.5×)"));
        QCOMPARE(textAt(table, 0, "latency"), QStringLiteral("12.5 ms (1.25×)"));
        QCOMPARE(textAt(table, 0, "tuning trials"), QStringLiteral("8"));
        QCOMPARE(textAt(table, 0, "inference memory"), QStringLiteral("–"));
        QCOMPARE(textAt(table, 1, "inference FLOPs"), QStringLiteral("1.00 GFLOP"));
        QCOMPARE(textAt(table, 1, "training time"), QStringLiteral("–"));
        QCOMPARE(textAt(table, 1, "trained parameters"), QStringLiteral("0"));
        QCOMPARE(textAt(table, 0, "n"), QStringLiteral("2"));
        ResultsTable results = resultsTable(rows);
        addEfficiencyColumns(results, rows);
        QCOMPARE(textAt(results.table, 0, "latency"), QStringLiteral("12.5 ms (1.25×)"));
        results.cells.pop_back();
        QVERIFY_EXCEPTION_THROWN(addEfficiencyColumns(results, rows), Error);
    }

    // Settings of one testbed stand together, in every table and whatever came first into the store.
    void costsStandInTheRowOfTheirSetting() {
        std::vector<ResultRow> rows;
        for (const char* cell : {"a1", "b1", "a2", "b2"}) {
            addRows(rows, {.cell = cell, .method = cell, .roles = {{"id_test", {0.9}}}});
            rows.back().testbed = std::string(1, cell[0]);
            rows.back().costs = {{"trainable_parameters", cell[1] - '0'}};
        }
        ResultsTable results = resultsTable(rows);
        addEfficiencyColumns(results, rows);
        QCOMPARE(results.cells, (std::vector<std::string>{"a1", "a2", "b1", "b2"}));
        const char* parameters[] = {"1", "2", "1", "2"};
        for (std::size_t i = 0; i < results.cells.size(); ++i) {
            QCOMPARE(textAt(results.table, i, "method"), QString::fromStdString(results.cells[i]));
            QCOMPARE(textAt(results.table, i, "trained parameters"), QLatin1String(parameters[i]));
            QCOMPARE(groupByCell(rows).cells[i].cell, results.cells[i]); // as the window's rows
        }
    }

    // One run on a busy machine moves neither the time nor its ratio to the backbone's.
    void timesAreMedians() {
        std::vector<ResultRow> rows;
        addRows(rows, {.cell = "a", .method = "A", .roles = {{"id_test", {0.9, 0.9, 0.9}}}});
        const double own[] = {0.010, 0.012, 0.900}, backbone[] = {0.005, 0.008, 0.100};
        for (std::size_t i = 0; i < 3; ++i)
            rows[i].costs = {{"inference_seconds_per_sample", own[i]}, {"backbone_seconds_per_sample", backbone[i]}};
        QCOMPARE(textAt(efficiencyTable(rows), 0, "latency"), QStringLiteral("12 ms (2×)")); // of 2, 1.5 and 9
    }

    void putsSettingsOfANameTogether() {
        std::vector<ResultRow> rows;
        addRows(rows, {.cell = "a", .method = "A", .roles = {{"id_test", {0.8, 0.9}}, {"ood_test/x", {0.1, 0.2}}}});
        addRows(rows, {.cell = "b", .method = "A", .roles = {{"id_test", {0.6}}, {"ood_test/y", {0.3}}}});
        addRows(rows, {.cell = "c", .method = "B", .roles = {{"id_test", {0.5}}}});
        rows[0].costs = {{"seconds", 10}, {"training_flops", 5}};
        rows[2].costs = {{"seconds", 30}};
        const auto merged = mergedByName(rows);
        QCOMPARE(merged.size(), std::size_t{3});
        QVERIFY(std::abs(*merged[0].value("id_test", "accuracy") - 0.7) < 1e-12);
        QVERIFY(merged[0].value("ood_test/x", "accuracy") == 0.1 && merged[0].value("ood_test/y", "accuracy") == 0.3);
        QVERIFY(merged[1].value("ood_test/x", "accuracy") == 0.2 && !merged[1].value("ood_test/y", "accuracy"));
        QVERIFY(!merged[1].value("id_test", "accuracy")); // of one of two settings: not what seed 0 has the mean of
        QVERIFY(merged[0].costs.at("seconds") == 20 && !merged[0].costs.contains("training_flops"));
        QCOMPARE(merged[0].cell, merged[1].cell);
        QCOMPARE(resultsTable(merged).table.rows.size(), std::size_t{2});
        addRows(rows, {.cell = "d", .method = "A", .roles = {{"ood_test/x", {0.1}}}});
        QVERIFY_EXCEPTION_THROWN(mergedByName(rows), Error);
    }

    void marksRulesAndSeals() {
        std::vector<ResultRow> rows;
        addRows(rows, {.cell = "a", .method = "A", .roles = {{"id_test", {0.8, 0.9}}, {"ood_test/x", {0.1, 0.2}}}});
        for (ResultRow& row : rows)
            row.rule = CandidateRule::OracleOod;
        rows[1].keepsWeights = false;
        const Table ruled = resultsTable(rows).table;
        QCOMPARE(textAt(ruled, 0, "rule"), QStringLiteral("oracle_ood (oracle); 1 of 2 without weights"));
        QVERIFY(QString::fromStdString(toCsv(ruled)).contains("1 of 2 without weights"));
        QVERIFY(notesOf(ruled).contains("ORACLE"));
        QVERIFY(notesOf(ruled).contains("Of 1 of 2 runs the rule picks a candidate whose weights are not kept"));
        addRows(rows, {.cell = "b", .method = "B", .roles = {{"id_test", {0.8}}, {"id_val", {0.8}}}});
        rows[2].sealed = true;
        rows[2].study = "main";
        rows[2].roles["id_test"]["accuracy"].reset();
        const Table sealed = resultsTable(rows).table;
        QCOMPARE(textAt(sealed, 1, "ID test"), QStringLiteral("sealed"));
        QCOMPARE(textAt(sealed, 1, "x"), QStringLiteral("–"));
        QVERIFY(notesOf(sealed).contains("study 'main'"));
        QVERIFY(QString::fromStdString(toCsv(sealed)).contains(",sealed,"));
        QVERIFY(QString::fromStdString(toJson(sealed)).contains("\"sealed\": true"));
    }
};

LEVI_TEST(TestSettingTables)
#include "tst_setting_tables.moc"
