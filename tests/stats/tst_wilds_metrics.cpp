// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/stats/wilds_metrics.h"
#include "tests/support/test_main.h"

#include <QTest>

using namespace levi;

namespace {

using Column = std::vector<std::string>;

} // namespace

Q_DECLARE_METATYPE(Column)

namespace {

// background, y: three groups have rows, "water landbird" has none.
Groups birds() {
    const std::vector<std::string> names = {"background", "y"};
    const std::vector<Column> columns = {{"land", "land", "water", "land", "water"},
                                         {"landbird", "landbird", "waterbird", "waterbird", "waterbird"}};
    return groupsOf(names, columns);
}

} // namespace

class TestWildsMetrics : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void countsTheFirstFieldFastest() {
        const Groups groups = birds();
        QCOMPARE(groups.count(), std::int64_t{4});
        QCOMPARE(groups.ofRow, (std::vector<std::int64_t>{0, 0, 3, 2, 3}));
        QCOMPARE(groups.name(2), std::string("background:land y:waterbird"));
    }

    void ordersValuesBySizeThenByName_data() {
        QTest::addColumn<Column>("column");
        QTest::addColumn<Column>("values");
        QTest::newRow("numbers") << Column{"10", "9", "10"} << Column{"9", "10"};
        QTest::newRow("words among numbers") << Column{"b", "10", "a", "9"} << Column{"9", "10", "a", "b"};
        QTest::newRow("no number among numbers")
            << Column{"2", "nan", "1", "NaN", "10", "nan", "3"} << Column{"1", "2", "3", "10", "NaN", "nan"};
        QTest::newRow("infinite ones") << Column{"inf", "1", "-inf"} << Column{"-inf", "1", "inf"};
    }

    void ordersValuesBySizeThenByName() {
        QFETCH(Column, column);
        const std::vector<std::string> name = {"n"};
        QTEST(groupsOf(name, std::vector<Column>{column}).fields[0].values, "values");
    }

    void namesEmptyGroupsAndLeavesThemOut() {
        const auto figures = meanByGroup(birds(), std::vector<double>{1, 0, 0.2, 1, 0.4});
        QCOMPARE(figures[1].name, std::string("background:water y:landbird"));
        QVERIFY(figures[1].count == 0 && !figures[1].value);
        QVERIFY(figures[0].value == 0.5 && figures[0].count == 2);
        const GroupFigure* worst = worstOf(figures);
        QVERIFY(worst && worst->name == "background:water y:waterbird" && worst->count == 2);
        QVERIFY(std::abs(*worst->value - 0.3) < 1e-15);
        QVERIFY(!worstOf(std::vector<GroupFigure>{{.name = "a"}}));
    }

    void adjustsTheAverage() {
        std::vector<GroupFigure> groups = {{"a", 1, 0.9}, {"b", 1, 0.6}, {"c", 1, 0.5}, {"d", 1, 0.8}};
        const auto adjusted = adjustedAverage(groups, waterbirdsWeights());
        QVERIFY(std::abs(*adjusted - (3498 * 0.9 + 184 * 0.6 + 56 * 0.5 + 1057 * 0.8) / 4795) < 1e-15);
        groups[2].value.reset();
        QVERIFY(!adjustedAverage(groups, waterbirdsWeights()));
        QVERIFY(adjustedAverage(groups, std::vector<double>{1, 1, 0, 0}) == 0.75);
        QVERIFY_EXCEPTION_THROWN(adjustedAverage(groups, std::vector<double>{1}), Error);
    }

    void correlatesInEachGroup() {
        const std::vector<std::string> name = {"urban"};
        const std::vector<Column> column = {{"0", "0", "0", "1", "1", "1", "2"}};
        const auto figures = pearsonByGroup(groupsOf(name, column), std::vector<double>{1, 2, 3, 1, 2, 3, 5},
                                            std::vector<double>{2, 4, 6, 1, 3, 2, 5});
        QVERIFY(std::abs(*figures[0].value - 1) < 1e-12 && std::abs(*figures[1].value - 0.5) < 1e-12);
        QVERIFY(figures[2].count == 1 && !figures[2].value); // one row says nothing
        QCOMPARE(worstOf(figures)->name, std::string("urban:1"));
    }

    void knowsTheRolesOfSplits() {
        QCOMPARE(roleOfWildsSplit("val"), std::string("ood_val"));
        QCOMPARE(roleOfWildsSplit("id_test"), std::string("id_test"));
        QCOMPARE(roleOfWildsSplit("-1"), std::string());
    }

    void refusesOddColumns() {
        const std::vector<std::string> names = {"a", "b"};
        const std::vector<Column> columns = {{"1"}, {"1", "2"}};
        QVERIFY_EXCEPTION_THROWN(groupsOf(names, columns), Error);
        QVERIFY_EXCEPTION_THROWN(meanByGroup(birds(), std::vector<double>{1}), Error);
    }

    void refusesMoreGroupsThanCanBeJudged_data() {
        QTest::addColumn<int>("columns");
        QTest::addColumn<int>("rows");
        QTest::addColumn<bool>("fits");
        QTest::newRow("one column has a value a row") << 1 << 200'000 << true;
        QTest::newRow("two") << 2 << 300 << true;
        QTest::newRow("two with too many values") << 2 << 400 << false;
        QTest::newRow("more than a number can count") << 64 << 2 << false;
    }

    void refusesMoreGroupsThanCanBeJudged() {
        QFETCH(int, columns);
        QFETCH(int, rows);
        QFETCH(bool, fits);
        Column column;
        for (int row = 0; row < rows; ++row)
            column.push_back(std::to_string(row));
        std::vector<std::string> names;
        for (int i = 0; i < columns; ++i)
            names.push_back("column" + std::to_string(i));
        std::string message;
        try {
            groupsOf(names, std::vector<Column>(names.size(), column));
        } catch (const Error& error) {
            message = error.what();
        }
        QVERIFY2(message.empty() == fits, message.c_str());
        QVERIFY(fits || message.find("column0, column1") != std::string::npos);
    }
};

LEVI_TEST(TestWildsMetrics)
#include "tst_wilds_metrics.moc"
