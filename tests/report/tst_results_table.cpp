// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/report/results_table.h"
#include "tests/report/result_fixtures.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <cmath>

using levi::test::addRows;

namespace {

const std::vector<double> kHigh = {0.50, 0.51, 0.52, 0.53, 0.54, 0.55};
const std::vector<double> kLow = {0.40, 0.41, 0.42, 0.43, 0.44, 0.45};
const std::vector<double> kMixed = {0.51, 0.50, 0.53, 0.52, 0.53, 0.57}; // as high as kHigh, seed by seed up and down

// LEVI is clearly best on sketch, tied on cartoon; the probe lacks ID test in every run.
std::vector<levi::ResultRow> someRows() {
    std::vector<levi::ResultRow> rows;
    addRows(rows, {.cell = "a",
                   .method = "LEVI",
                   .roles = {{"id_test", {0.93, 0.94, 0.92, 0.93, 0.94, 0.93}},
                             {"ood_test/cartoon", kHigh},
                             {"ood_test/sketch", kHigh}}});
    addRows(
        rows,
        {.cell = "b", .method = "linear probe", .roles = {{"ood_test/cartoon", kMixed}, {"ood_test/sketch", kLow}}});
    return rows;
}

QString text(const levi::ResultsTable& table, std::size_t row, std::size_t column) {
    return QString::fromStdString(table.table.rows.at(row).at(column).text);
}

QString notes(const levi::ResultsTable& table) {
    QString all;
    for (const auto& note : table.table.notes)
        all += QString::fromStdString(note) + "\n";
    return all;
}

} // namespace

class TestResultsTable : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void laysOutAsInAPaper() {
        const auto result = levi::resultsTable(someRows());
        QStringList heads;
        for (const auto& column : result.table.columns)
            heads += QString::fromStdString(levi::headText(column));
        QCOMPARE(heads.join(" | "),
                 QStringLiteral("method | taps | ID test (%) | cartoon (%) | sketch (%) | gap (pp) | n"));
        QCOMPARE(result.cells, (std::vector<std::string>{"a", "b"}));
        QCOMPARE(text(result, 0, 0), QStringLiteral("LEVI"));
        QCOMPARE(text(result, 0, 1), QStringLiteral("8-12"));
        QCOMPARE(text(result, 0, 2), QStringLiteral("93.2 ± 0.8"));
        QCOMPARE(text(result, 0, 3), QStringLiteral("52.5 ± 2.0"));
        QCOMPARE(text(result, 0, 5), QStringLiteral("40.7 ± 2.1"));
        QCOMPARE(text(result, 0, 6), QStringLiteral("6"));
    }

    void marksBestAndTied() {
        const auto result = levi::resultsTable(someRows());
        const auto& rows = result.table.rows;
        QVERIFY(rows[0][4].bold && !rows[1][4].bold && !rows[1][4].tied); // sketch: told apart
        QVERIFY(rows[1][3].bold && rows[0][3].tied && !rows[0][3].bold);  // cartoon: not told apart
        QVERIFY(!rows[0][2].bold);                                        // alone in its column
        QVERIFY(!rows[0][5].bold && !rows[0][5].tied);                    // a gap has no best
        QVERIFY(notes(result).contains("p > 0.05"));
    }

    void missingIsADashAndNeverZero() {
        const auto result = levi::resultsTable(someRows());
        for (const std::size_t column : {2U, 5U}) {
            QCOMPARE(text(result, 1, column), QStringLiteral("–"));
            QVERIFY(!result.table.rows[1][column].value);
            QVERIFY(result.table.rows[1][column].numeric);
        }
        QVERIFY(notes(result).contains("not measured"));
    }

    void saysWhatPlusMinusIs_data() {
        QTest::addColumn<int>("spread");
        QTest::addColumn<QString>("words");
        QTest::addColumn<QString>("cell");
        QTest::newRow("interval") << int(levi::Spread::TInterval) << "95 % t-interval of the mean"
                                  << "52.5 ± 2.0";
        QTest::newRow("sd") << int(levi::Spread::StandardDeviation) << "standard deviation over seeds"
                            << "52.5 ± 1.9";
        QTest::newRow("se") << int(levi::Spread::StandardError) << "standard error of the mean"
                            << "52.5 ± 0.8";
    }

    void saysWhatPlusMinusIs() {
        QFETCH(int, spread);
        QFETCH(QString, words);
        QFETCH(QString, cell);
        const auto result = levi::resultsTable(someRows(), {.spread = static_cast<levi::Spread>(spread)});
        QVERIFY2(notes(result).contains(words), qPrintable(notes(result)));
        QVERIFY(notes(result).contains("n is the number of seeds"));
        QCOMPARE(text(result, 0, 3), cell);
    }

    void bootstrapsInBrackets() {
        const auto mean = levi::resultsTable(someRows(), {.spread = levi::Spread::Bootstrap});
        QVERIFY2(text(mean, 0, 3).startsWith("52.5 [5"), qPrintable(text(mean, 0, 3)));
        QVERIFY2(notes(mean).contains("95 % BCa bootstrap interval"), qPrintable(notes(mean)));
        const auto middle = levi::resultsTable(
            someRows(), {.spread = levi::Spread::Bootstrap, .statistic = levi::Statistic::InterquartileMean});
        QVERIFY2(text(middle, 1, 3).startsWith("52."), qPrintable(text(middle, 1, 3))); // of .51 .52 .53 .53
        QVERIFY(notes(middle).contains("Interquartile means"));
        QVERIFY(notes(middle).contains("Bold: best interquartile mean of the column"));
        QVERIFY(notes(middle).contains("sign-flip test on the mean of differences paired by seed"));
        QVERIFY(notes(mean).contains("Bold: best mean of the column"));
        QCOMPARE(middle.table.rows[1][3].details[0].first, std::string("low"));
        QVERIFY(*middle.table.rows[1][3].details[0].second < 0.5225);
    }

    void refusesSpreadsThatAStatisticLacks() {
        QVERIFY_EXCEPTION_THROWN(levi::resultsTable(someRows(), {.statistic = levi::Statistic::InterquartileMean}),
                                 levi::Error);
        QVERIFY_EXCEPTION_THROWN(levi::resultsTable(someRows(), {.spread = levi::Spread::Wilson}), levi::Error);
        QVERIFY_EXCEPTION_THROWN(levi::runsTable(someRows(), {.metric = "nll", .spread = levi::Spread::Wilson}),
                                 levi::Error);
    }

    // A run has seeds neither to average nor to spread over.
    void refusesStatisticsOfOneRun_data() {
        QTest::addColumn<int>("statistic");
        QTest::addColumn<int>("spread");
        QTest::addColumn<bool>("fits");
        using enum levi::Spread;
        for (const auto spread : {TInterval, StandardDeviation, StandardError, DomainBedError, Bootstrap, Wilson})
            QTest::addRow("spread %d", int(spread)) << 0 << int(spread) << (spread == TInterval || spread == Wilson);
        QTest::newRow("interquartile mean")
            << int(levi::Statistic::InterquartileMean) << int(levi::Spread::Bootstrap) << false;
    }

    void refusesStatisticsOfOneRun() {
        QFETCH(int, statistic);
        QFETCH(int, spread);
        bool fits = true;
        try {
            levi::runsTable(someRows(), {.spread = static_cast<levi::Spread>(spread),
                                         .statistic = static_cast<levi::Statistic>(statistic)});
        } catch (const levi::Error&) {
            fits = false;
        }
        QTEST(fits, "fits");
    }

    // 8 of 10 right: Wilson's interval is [.490, .943].
    void givesEachRunItsInterval() {
        std::vector<levi::ResultRow> rows;
        addRows(rows, {.cell = "a", .method = "LEVI", .roles = {{"id_test", {0.8}}, {"ood_test/x", {0.5}}}});
        rows[0].counts = {{"id_test", {{"accuracy", 10}}}};
        const auto table = levi::runsTable(rows, {.spread = levi::Spread::Wilson});
        QCOMPARE(QString::fromStdString(table.rows[0][3].text), QStringLiteral("80.0 [49.0, 94.3]"));
        QCOMPARE(QString::fromStdString(table.rows[0][4].text), QStringLiteral("50.0")); // nobody counted these rows
        QVERIFY(table.notes.front().find("Wilson's 95 %") != std::string::npos);
        QVERIFY(levi::runsTable(rows).notes.empty());
    }

    void isSilentWithFewSeeds() {
        std::vector<levi::ResultRow> rows;
        addRows(rows, {.cell = "a", .method = "LEVI", .roles = {{"id_test", {0.9, 0.91, 0.92}}}});
        addRows(rows, {.cell = "b", .method = "probe", .roles = {{"id_test", {0.3, 0.31, 0.32}}}});
        const auto result = levi::resultsTable(rows);
        QVERIFY(result.table.rows[0][2].bold);
        QVERIFY(!result.table.rows[1][2].tied);
        QVERIFY(notes(result).contains(
            "n too small: 1 comparison with the best of a column has fewer than 6 shared seeds"));
    }

    void oneSeedHasNoInterval() {
        std::vector<levi::ResultRow> rows;
        addRows(rows, {.cell = "a", .method = "LEVI", .roles = {{"id_test", {0.9}}}});
        const auto result = levi::resultsTable(rows);
        QCOMPARE(text(result, 0, 2), QStringLiteral("90.0"));
        QVERIFY(!result.table.rows[0][2].details[0].second); // low
    }

    void lowerCanBeBetter() {
        std::vector<levi::ResultRow> rows;
        addRows(rows,
                {.cell = "a", .method = "LEVI", .roles = {{"id_test", kHigh}, {"ood_test/x", kHigh}}, .metric = "nll"});
        addRows(rows,
                {.cell = "b", .method = "probe", .roles = {{"id_test", kLow}, {"ood_test/x", kHigh}}, .metric = "nll"});
        const auto result = levi::resultsTable(rows, {.metric = "nll"});
        QVERIFY(!result.table.rows[0][2].bold && !result.table.rows[0][2].tied && result.table.rows[1][2].bold);
        QCOMPARE(text(result, 1, 2), QStringLiteral("0.425 ± 0.020"));
        QCOMPARE(text(result, 1, 4), QStringLiteral("0.100 ± 0.000")); // a loss: OOD is worse by .1
        QVERIFY(result.table.columns[2].lowerIsBetter);
    }

    void saysWhatTheGapIs_data() {
        QTest::addColumn<QString>("metric");
        QTest::addColumn<QString>("words");
        QTest::newRow("higher is better") << "accuracy"
                                          << "Gap: ID test minus the unweighted mean of the OOD domains";
        QTest::newRow("lower is better") << "rmse"
                                         << "Gap: the unweighted mean of the OOD domains minus ID test";
    }

    void saysWhatTheGapIs() {
        QFETCH(QString, metric);
        QFETCH(QString, words);
        std::vector<levi::ResultRow> rows;
        addRows(rows, {.cell = "a",
                       .method = "LEVI",
                       .roles = {{"id_test", kHigh}, {"ood_test/x", kLow}},
                       .metric = metric.toStdString()});
        const auto result = levi::resultsTable(rows, {.metric = metric.toStdString()});
        QVERIFY2(notes(result).contains(words), qPrintable(notes(result)));
    }

    void countsWhatItLeavesOut() {
        auto rows = someRows();
        rows[0].finished = false;
        rows.push_back(rows[1]); // seed 1 once more
        rows.back().roles["id_test"]["accuracy"] = 1.0;
        rows[2].roles["id_test"]["accuracy"] = std::nan("");
        const auto result = levi::resultsTable(rows);
        QCOMPARE(text(result, 0, 6), QStringLiteral("5"));
        QVERIFY(text(result, 0, 2).endsWith("(n = 4)"));
        QVERIFY(notes(result).contains("Left out: 1 run that did not finish."));
        QVERIFY(notes(result).contains("Left out: 1 run whose seed ran again"));
        QCOMPARE(result.table.rows[0][2].value.value(), (1.0 + 0.93 + 0.94 + 0.93) / 4);
    }

    void namesTheSettingWhereMethodAndTapsDoNot() {
        std::vector<levi::ResultRow> rows;
        addRows(rows, {.cell = "a", .method = "LEVI", .roles = {{"id_test", {0.9}}}});
        addRows(rows, {.cell = "b", .method = "LEVI", .roles = {{"id_test", {0.8}}}});
        const auto result = levi::resultsTable(rows);
        QCOMPARE(QString::fromStdString(result.table.columns[2].title), QStringLiteral("setting"));
        QCOMPARE(text(result, 1, 2), QStringLiteral("setting b"));
    }

    // Of each testbed its own best; and a gap over the domains that a setting was tested on, not over those of others.
    void ranksTestbedsApart() {
        std::vector<levi::ResultRow> rows;
        const auto add = [&rows](const char* cell, const char* testbed, const char* ood, double shift) {
            const std::size_t before = rows.size();
            auto id = kHigh;
            for (double& value : id)
                value += shift;
            addRows(rows, {.cell = cell, .method = cell, .roles = {{"id_test", id}, {ood, kLow}}});
            for (std::size_t i = before; i < rows.size(); ++i) {
                rows[i].testbed = testbed;
                rows[i].testbedLabel = std::string("on ") + testbed;
            }
        };
        add("a", "one", "ood_test/sketch", 0);
        add("b", "two", "ood_test/cartoon", 0.4);
        add("c", "one", "ood_test/sketch", 0.1);
        add("d", "two", "ood_test/cartoon", 0.3);
        const auto result = levi::resultsTable(rows);
        QCOMPARE(result.cells, (std::vector<std::string>{"a", "c", "b", "d"}));
        QCOMPARE(QString::fromStdString(levi::headText(result.table.columns[2])), QStringLiteral("data"));
        QCOMPARE(text(result, 2, 2), QStringLiteral("on two"));
        std::vector<bool> best;
        for (const auto& row : result.table.rows)
            best.push_back(row[3].bold);
        QCOMPARE(best, (std::vector<bool>{false, true, true, false}));
        QCOMPARE(text(result, 0, 6), QStringLiteral("10.0 ± 0.0"));
        QVERIFY(notes(result).contains("2 different data sets or splits"));
    }

    void emptyStoreMakesAnEmptyTable() {
        const auto result = levi::resultsTable({});
        QVERIFY(result.table.rows.empty());
        QVERIFY(!levi::toPlainText(result.table).empty());
    }

    void listsRuns() {
        const auto table = levi::runsTable(someRows());
        QCOMPARE(table.rows.size(), std::size_t{12});
        QCOMPARE(QString::fromStdString(table.rows[0][3].text), QStringLiteral("93.0"));
        QCOMPARE(QString::fromStdString(table.rows[6][3].text), QStringLiteral("–"));
        auto rows = someRows();
        rows[0].rule = levi::CandidateRule::OracleId;
        const auto ruled = levi::runsTable(rows);
        QCOMPARE(ruled.columns.back().title, std::string("rule"));
        QCOMPARE(ruled.rows[0].back().text, std::string("oracle_id (oracle)"));
        QVERIFY(ruled.rows[1].back().text.empty());
    }
};

LEVI_TEST(TestResultsTable)
#include "tst_results_table.moc"
