// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/report/family_table.h"
#include "tests/report/result_fixtures.h"
#include "tests/support/test_main.h"

#include <QTest>

using namespace levi;

namespace {

const std::vector<double> kHigh = {0.50, 0.51, 0.52, 0.53, 0.54, 0.55, 0.56, 0.57};
const std::vector<double> kLow = {0.40, 0.42, 0.41, 0.43, 0.44, 0.46, 0.45, 0.47};

// Two domains held out in turn: a setting of each name for each of them.
std::vector<ResultRow> leaveOneOut() {
    std::vector<ResultRow> rows;
    for (const char* domain : {"art", "sketch"}) {
        const std::string ood = std::string("ood_test/") + domain;
        test::addRows(
            rows,
            {.cell = std::string("1111") + domain, .method = "LEVI", .roles = {{"id_test", kHigh}, {ood, kHigh}}});
        test::addRows(
            rows,
            {.cell = std::string("2222") + domain, .method = "probe", .roles = {{"id_test", kHigh}, {ood, kLow}}});
    }
    return rows;
}

QString textAt(const Table& table, std::size_t row, std::size_t column) {
    return QString::fromStdString(table.rows.at(row).at(column).text);
}

QString notesOf(const Table& table) {
    QString all;
    for (const auto& note : table.notes)
        all += QString::fromStdString(note) + "\n";
    return all;
}

} // namespace

class TestFamilyTable : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // A p must not rise because another comparison of the family gets its runs at last.
    void countsTheFamilyAsItWasStated() {
        const std::vector<StudyComparison> stated = {{"LEVI", "probe"}, {"LEVI", "fine-tuning"}};
        const Table table = familyTable(leaveOneOut(), {.family = stated});
        QCOMPARE(table.rows.size(), std::size_t{4});
        QCOMPARE(textAt(table, 1, 3), QStringLiteral("0.062")); // 8 x 2 / 256
        QVERIFY2(notesOf(table).contains("over the 8 tests"), qPrintable(notesOf(table)));
    }

    void exploratoryOnesDecideNothing() {
        auto rows = leaveOneOut();
        for (const char* domain : {"art", "sketch"})
            test::addRows(rows, {.cell = std::string("3333") + domain,
                                 .method = "LoRA",
                                 .roles = {{"id_test", kHigh}, {std::string("ood_test/") + domain, kLow}}});
        const Table table = familyTable(
            rows, {.family = {{.candidate = "LEVI", .baseline = "LoRA", .isExploratory = true}, {"LEVI", "probe"}}});
        QCOMPARE(table.rows.size(), std::size_t{8});
        QCOMPARE(textAt(table, 0, 0), QStringLiteral("LEVI against probe")); // the family first
        QCOMPARE(textAt(table, 1, 3), QStringLiteral("0.031"));              // 4 x 2 / 256, as without the others
        QCOMPARE(textAt(table, 5, 3), QStringLiteral("0.0078"));
        QCOMPARE(textAt(table, 5, 6), QStringLiteral("exploratory (p = 0.0078 by itself, n = 8)"));
        QVERIFY2(notesOf(table).contains("Holm over the 4 tests"), qPrintable(notesOf(table)));
        QVERIFY(notesOf(table).contains("Exploratory: one comparison"));
    }

    void testsEachDomainOnce() {
        const Table table = familyTable(leaveOneOut(), {.family = {{"LEVI", "probe"}}});
        QCOMPARE(table.rows.size(), std::size_t{4}); // ID and OOD, twice
        QCOMPARE(textAt(table, 0, 0), QStringLiteral("LEVI against probe"));
        QCOMPARE(textAt(table, 0, 1), QStringLiteral("ID test (art held out)"));
        QCOMPARE(textAt(table, 1, 1), QStringLiteral("art (art held out)"));
        QCOMPARE(textAt(table, 1, 2), QStringLiteral("10.0 ± 0.6"));
        QCOMPARE(textAt(table, 1, 3), QStringLiteral("0.031")); // 4 x 2 / 256
        QCOMPARE(table.rows[1][3].details[0].second, std::optional(2.0 / 256));
        QCOMPARE(textAt(table, 1, 4), QStringLiteral("1.00"));
        QCOMPARE(textAt(table, 1, 5), QStringLiteral("8"));
        QCOMPARE(textAt(table, 1, 6), QStringLiteral("better (p = 0.031, n = 8)"));
        QCOMPARE(textAt(table, 0, 6), QStringLiteral("undecided (p = 1, n = 8)"));
        QVERIFY2(notesOf(table).contains("Holm over the 4 tests"), qPrintable(notesOf(table)));
        QVERIFY(notesOf(table).contains("fewer than 8 seeds"));
    }

    void turnsWhereLowerIsBetter() {
        std::vector<ResultRow> rows;
        test::addRows(rows, {.cell = "a", .method = "A", .roles = {{"id_test", kLow}}, .metric = "nll"});
        test::addRows(rows, {.cell = "b", .method = "B", .roles = {{"id_test", kHigh}}, .metric = "nll"});
        const Table table = familyTable(rows, {.family = {{"A", "B"}}, .metric = "nll"});
        QCOMPARE(textAt(table, 0, 6), QStringLiteral("better (p = 0.0078, n = 8)"));
        QVERIFY(*table.rows[0][2].value > 0);
        QCOMPARE(textAt(table, 0, 1), QStringLiteral("ID test"));
    }

    void statesTheMargin() {
        const FamilyRequest request{.family = {{"LEVI", "probe"}, {"LEVI", "nobody"}}, .options = {.margin = 0.02}};
        const Table table = familyTable(leaveOneOut(), request);
        QCOMPARE(textAt(table, 0, 6), QStringLiteral("practically equal within the margin (p = 1, n = 8)"));
        QVERIFY(notesOf(table).contains("margin of 2 points"));
        QVERIFY(notesOf(table).contains("for want of finished runs: LEVI against nobody"));
    }

    void takesTheFirstDigitsOfACell() {
        QCOMPARE(familyTests(leaveOneOut(), {.family = {{"1111sk", "2222sk"}}}).size(), std::size_t{2});
        QCOMPARE(familyTests(leaveOneOut(), {.family = {{"111", "2222sk"}}}).size(), std::size_t{0});
    }

    void refusesANameOfTwoSettings() {
        auto rows = leaveOneOut();
        test::addRows(rows,
                      {.cell = "3333art", .method = "LEVI", .roles = {{"id_test", kLow}, {"ood_test/art", kLow}}});
        QVERIFY_EXCEPTION_THROWN(familyTests(rows, {.family = {{"LEVI", "probe"}}}), Error);
    }

    void hidesWhatIsSealed() {
        auto rows = leaveOneOut();
        for (ResultRow& row : rows) {
            row.sealed = true;
            row.study = "main";
            for (auto& [role, metrics] : row.roles)
                metrics["accuracy"] = std::nullopt;
        }
        const Table table = familyTable(rows, {.family = {{"LEVI", "probe"}}});
        for (const std::size_t column : {2U, 3U, 4U, 6U})
            QCOMPARE(textAt(table, 1, column), QStringLiteral("sealed"));
        QVERIFY(notesOf(table).contains("study 'main'"));
    }
};

LEVI_TEST(TestFamilyTable)
#include "tst_family_table.moc"
