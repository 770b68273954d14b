// SPDX-License-Identifier: Apache-2.0
#include "core/report/validation_table.h"
#include "tests/report/result_fixtures.h"
#include "tests/support/test_main.h"

#include <QTest>

using namespace levi;
using levi::test::addRows;

namespace {

void add(std::vector<ResultRow>& rows, const std::string& name, const std::vector<double>& idVal) {
    addRows(rows, {.cell = name, .method = name, .roles = {{"id_val", idVal}, {"id_test", {0.123, 0.123}}}});
}

std::string allText(const Table& table) {
    std::string text = table.caption;
    for (const Column& column : table.columns)
        text += column.title + "|";
    for (const auto& row : table.rows)
        for (const Cell& cell : row)
            text += cell.text + "|";
    return text;
}

std::string allNotes(const Table& table) {
    std::string text;
    for (const std::string& note : table.notes)
        text += note + "\n";
    return text;
}

} // namespace

class TestValidationTable : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void showsValidationAlone() {
        std::vector<ResultRow> rows;
        add(rows, "LEVI", {0.90, 0.94});
        add(rows, "LEVI, wide", {0.91, 0.96});
        for (ResultRow& row : rows)
            row.roles["id_val"]["nll"] = 0.2;
        const Table table = validationTable(rows, "accuracy");
        QCOMPARE(table.rows.size(), std::size_t{2});
        const std::string text = allText(table);
        QVERIFY2(text.find("12.3") == std::string::npos && text.find("ID test") == std::string::npos, text.c_str());
        QVERIFY2(text.find("92.0 ± 25.4") != std::string::npos && text.find("1.5 ± 6.4") != std::string::npos,
                 text.c_str());
        QVERIFY2(text.find("0.200") != std::string::npos, text.c_str());
        QCOMPARE(table.rows[0].back().text, std::string("2"));
        QVERIFY(validationTable({}, "accuracy").rows.empty());
    }

    void namesTrialsThatAreEqual() {
        std::vector<ResultRow> rows;
        add(rows, "LEVI, learning_rate=0.1", {0.9});
        add(rows, "LEVI, learning_rate=0.2", {0.8});
        add(rows, "LEVI, learning_rate=0.3", {0.9});
        const Table table = tuningTable(rows, "accuracy");
        QCOMPARE(table.rows[0].back().text, std::string("learning_rate=0.1; or learning_rate=0.3"));
    }

    void saysWhereAnOraclePicked() {
        std::vector<ResultRow> rows;
        add(rows, "LEVI", {0.9});
        QVERIFY(allNotes(validationTable(rows, "accuracy")).find("none was used") != std::string::npos);
        rows[0].rule = CandidateRule::OracleOod;
        for (const Table& table : {validationTable(rows, "accuracy"), tuningTable(rows, "accuracy")}) {
            const std::string notes = allNotes(table);
            QVERIFY2(notes.find("ORACLE") != std::string::npos && notes.find("none was used") == std::string::npos,
                     notes.c_str());
        }
    }

    void findsTheBestTrialOfAMethod_data() {
        QTest::addColumn<QString>("metric");
        QTest::addColumn<QString>("best");
        QTest::addColumn<QString>("worst");
        QTest::addColumn<QString>("set");
        QTest::newRow("accuracy") << "accuracy"
                                  << "93.0"
                                  << "90.0"
                                  << "train.learning_rate=0.01, specialist.learning_rate=0.5";
        QTest::newRow("lower is better") << "rmse"
                                         << "0.900"
                                         << "0.930"
                                         << "learning_rate=0.001";
    }

    void findsTheBestTrialOfAMethod() {
        QFETCH(QString, metric);
        std::vector<ResultRow> rows;
        add(rows, "LEVI, all layers, learning_rate=0.001", {0.90});
        add(rows, "LEVI, all layers, train.learning_rate=0.01, specialist.learning_rate=0.5", {0.93});
        add(rows, "Probe", {0.8});
        for (ResultRow& row : rows)
            row.roles["id_val"] = {{metric.toStdString(), row.roles["id_val"]["accuracy"]}};
        rows.push_back({.cell = "c", .method = "Probe, train.epochs=3", .finished = true, .roles = {}});
        const Table table = tuningTable(rows, metric.toStdString());
        QCOMPARE(table.rows.size(), std::size_t{2});
        const auto text = [&](std::size_t row, std::size_t column) {
            return QString::fromStdString(table.rows[row][column].text);
        };
        QCOMPARE(text(0, 0), QStringLiteral("LEVI, all layers"));
        QCOMPARE(text(0, 1), QStringLiteral("2"));
        QTEST(text(0, 2), "best");
        QTEST(text(0, 3), "worst");
        QTEST(text(0, 4), "set");
        QCOMPARE(text(1, 1), QStringLiteral("2")); // one of them without a figure
        QCOMPARE(text(1, 4), QString());
    }
};

LEVI_TEST(TestValidationTable)
#include "tst_validation_table.moc"
