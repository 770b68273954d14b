// SPDX-License-Identifier: Apache-2.0
#include "core/report/compare.h"
#include "tests/report/result_fixtures.h"
#include "tests/support/test_main.h"

#include <QTest>

using Values = std::vector<double>;
Q_DECLARE_METATYPE(Values)

class TestCompare : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void speaks_data() {
        QTest::addColumn<Values>("a");
        QTest::addColumn<Values>("b");
        QTest::addColumn<QString>("metric");
        QTest::addColumn<QString>("verdict");
        QTest::addColumn<QString>("difference");
        const Values six = {0.5, 0.51, 0.52, 0.53, 0.54, 0.55}, lower = {0.4, 0.41, 0.42, 0.43, 0.44, 0.45};
        QTest::newRow("better") << six << lower << "accuracy"
                                << "A is better (p = 0.031, n = 6)"
                                << "10.0 ± 0.0";
        QTest::newRow("worse") << lower << six << "accuracy"
                               << "B is better (p = 0.031, n = 6)"
                               << "-10.0 ± 0.0";
        QTest::newRow("lower is better") << six << lower << "nll"
                                         << "B is better (p = 0.031, n = 6)"
                                         << "0.100 ± 0.000";
        QTest::newRow("three seeds") << Values{0.5, 0.6, 0.7} << Values{0.1, 0.2, 0.3} << "accuracy"
                                     << "undecided: with 3 shared seeds no p below 0.25 is possible; needs about 3 "
                                        "more seeds"
                                     << "40.0 ± 0.0";
        QTest::newRow("the same") << six << six << "accuracy"
                                  << "undecided (p = 1, n = 6)"
                                  << "0.0 ± 0.0";
        QTest::newRow("nothing shared") << six << Values{} << "accuracy"
                                        << "no shared seed"
                                        << "–";
    }

    void speaks() {
        QFETCH(Values, a);
        QFETCH(Values, b);
        QFETCH(QString, metric);
        QFETCH(QString, verdict);
        QFETCH(QString, difference);
        std::vector<levi::ResultRow> rowsA, rowsB;
        levi::test::addRows(rowsA,
                            {.cell = "a", .method = "x", .roles = {{"id_test", a}}, .metric = metric.toStdString()});
        levi::test::addRows(rowsB,
                            {.cell = "b", .method = "y", .roles = {{"id_test", b}}, .metric = metric.toStdString()});
        const auto comparison = levi::compare(rowsA, rowsB, {.metric = metric.toStdString()});
        QCOMPARE(comparison.roles.size(), std::size_t{1});
        QCOMPARE(QString::fromStdString(comparison.roles[0].verdict), verdict);
        const auto table = levi::comparisonTable(comparison);
        QCOMPARE(QString::fromStdString(table.rows[0][3].text), difference);
        QCOMPARE(QString::fromStdString(table.rows[0][8].text), verdict);
    }

    // Six seeds: a constant lead is told apart, one that changes sign is not; five can tell nothing.
    void marksTheBetterOne_data() {
        QTest::addColumn<Values>("b");
        QTest::addColumn<QString>("metric");
        QTest::addColumn<QString>("marks"); // of A, of B
        QTest::newRow("better") << Values{0.4, 0.4, 0.4, 0.4, 0.4, 0.4} << "accuracy"
                                << "bold -";
        QTest::newRow("lower is better") << Values{0.4, 0.4, 0.4, 0.4, 0.4, 0.4} << "nll"
                                         << "- bold";
        QTest::newRow("not told apart") << Values{0.4, 0.4, 0.4, 0.7, 0.4, 0.4} << "accuracy"
                                        << "bold tied";
        QTest::newRow("too few") << Values{0.4, 0.4, 0.4, 0.7, 0.4} << "accuracy"
                                 << "bold -";
        QTest::newRow("equal") << Values{0.5, 0.5, 0.5, 0.5, 0.5, 0.5} << "accuracy"
                               << "bold bold";
        QTest::newRow("alone") << Values{} << "accuracy"
                               << "- -";
    }

    void marksTheBetterOne() {
        QFETCH(Values, b);
        QFETCH(QString, metric);
        QFETCH(QString, marks);
        const std::string name = metric.toStdString();
        std::vector<levi::ResultRow> rowsA, rowsB;
        levi::test::addRows(
            rowsA,
            {.cell = "a", .method = "x", .roles = {{"id_test", {0.5, 0.5, 0.5, 0.5, 0.5, 0.5}}}, .metric = name});
        levi::test::addRows(rowsB, {.cell = "b", .method = "y", .roles = {{"id_test", b}}, .metric = name});
        const auto row = levi::comparisonTable(levi::compare(rowsA, rowsB, {.metric = name})).rows.at(0);
        const auto markOf = [](const levi::Cell& cell) { return cell.bold ? "bold" : cell.tied ? "tied" : "-"; };
        QCOMPARE(QStringLiteral("%1 %2").arg(QLatin1String(markOf(row[1])), QLatin1String(markOf(row[2]))), marks);
    }

    void namesRolesAndLonelySeeds() {
        std::vector<levi::ResultRow> rowsA, rowsB;
        levi::test::addRows(rowsA,
                            {.cell = "a",
                             .method = "x",
                             .roles = {{"train", {1, 1}}, {"ood_test/sketch", {0.3, 0.4}}, {"id_val", {0.8, 0.9}}}});
        levi::test::addRows(rowsB, {.cell = "b", .method = "y", .roles = {{"id_val", {0.7, 0.8, 0.9, 0.8}}}});
        rowsB[3].finished = false;
        const auto comparison = levi::compare(rowsA, rowsB);
        QCOMPARE(comparison.roles.size(), std::size_t{2});
        QCOMPARE(comparison.roles[0].role, std::string("id_val"));
        QCOMPARE(comparison.roles[1].role, std::string("ood_test/sketch"));
        QCOMPARE(comparison.roles[0].pairs.seeds.size(), std::size_t{2});
        QVERIFY(!comparison.roles[1].b);
        const auto table = levi::comparisonTable(comparison);
        QCOMPARE(QString::fromStdString(table.rows[1][2].text), QStringLiteral("–"));
        QVERIFY(QString::fromStdString(table.notes.back()).contains("Only A has seeds 0,1. Only B has seeds 2."));
    }

    void tellsWhatDiffers() {
        const auto table =
            levi::differencesTable(levi::compare({}, {}, {.differences = {{"method.taps", "Layers", "8-12", ""}}}));
        QCOMPARE(QString::fromStdString(table.rows[0][0].text), QStringLiteral("Layers"));
        QCOMPARE(QString::fromStdString(table.rows[0][3].text), QStringLiteral("method.taps"));
        QCOMPARE(QString::fromStdString(table.rows[0][2].text), QStringLiteral("–"));
        QVERIFY(!levi::differencesTable(levi::compare({}, {})).notes.empty());
    }
};

LEVI_TEST(TestCompare)
#include "tst_compare.moc"
