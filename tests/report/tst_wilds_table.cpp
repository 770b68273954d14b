// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/report/wilds_table.h"
#include "core/stats/wilds_metrics.h"
#include "tests/support/test_main.h"

#include <QTest>

using namespace levi;

namespace {

// Waterbirds' columns: two rows of the split "2" for each of three groups, none of waterbirds on land.
const CsvTable kBirds("img_filename,y,split,place\na,0,0,0\nb,0,2,0\nc,0,2,0\nd,0,2,1\ne,0,2,1\nf,1,2,1\ng,1,2,1\n",
                      "birds");

std::optional<double> valueOf(const Table& table, const std::string& figure) {
    for (const auto& row : table.rows)
        if (row[0].text.starts_with(figure)) return row[1].value;
    return std::nullopt;
}

WildsQuestion birds() {
    const auto weights = waterbirdsWeights();
    return {.label = "y",
            .groups = {"place", "y"},
            .user = {},
            .where = {{"split", "2"}},
            .weights = {weights.begin(), weights.end()}};
}

} // namespace

class TestWildsTable : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void judgesClassesByGroup() {
        const auto predictions = wildsPredictions("0\n0\r\n0\n1\n1\n1", "p");
        const Table table = wildsTable(kBirds, predictions, birds());
        QVERIFY(std::abs(*valueOf(table, "average accuracy") - 5.0 / 6) < 1e-12);
        QCOMPARE(valueOf(table, "worst group, place:1 y:0").value_or(-1), 0.5);
        QVERIFY(!valueOf(table, "adjusted average")); // a group that it weighs has no row
        QVERIFY(!valueOf(table, "place:0 y:1"));
        QVERIFY(QString::fromStdString(table.notes.at(0)).contains("place:0 y:1"));
        auto question = birds();
        question.weights = {3, 1, 0, 0};
        QCOMPARE(valueOf(wildsTable(kBirds, predictions, question), "adjusted average").value_or(-1), 0.875);
        question.user = "place";
        QVERIFY(std::abs(*valueOf(wildsTable(kBirds, predictions, question), "10th percentile") - 0.775) <
                1e-12); // .75 and 1
    }

    void judgesNumbers() {
        const CsvTable metadata("wealth,urban\n1,0\n2,0\n3,1\n5,1\n", "m");
        const Table table = wildsTable(
            metadata, std::vector<double>{1, 2, 5, 3},
            {.label = "wealth", .groups = {"urban"}, .user = {}, .where = {}, .weights = {}, .regression = true});
        QVERIFY(std::abs(*valueOf(table, "worst group, urban:1") + 1) < 1e-12);
        QVERIFY(valueOf(table, "RMSE").has_value());
    }

    void refuses() {
        const std::vector<double> six = {0, 0, 0, 1, 1, 1};
        QVERIFY_EXCEPTION_THROWN(wildsTable(kBirds, std::vector<double>{1}, birds()), Error);
        QVERIFY_EXCEPTION_THROWN(wildsTable(kBirds, std::vector<double>{0, 0, 0, 0.5, 1, 1}, birds()), Error);
        auto question = birds();
        question.label = "nothing";
        QVERIFY_EXCEPTION_THROWN(wildsTable(kBirds, six, question), Error);
        question.label = "img_filename";
        QVERIFY_EXCEPTION_THROWN(wildsTable(kBirds, six, question), Error);
        QVERIFY_EXCEPTION_THROWN(wildsPredictions("1\nx\n", "p"), Error);
    }
};

LEVI_TEST(TestWildsTable)
#include "tst_wilds_table.moc"
