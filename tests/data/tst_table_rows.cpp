// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/table_rows.h"
#include "core/engine/data/task.h"
#include "tests/data/files.h"
#include "tests/support/test_main.h"

#include <QTest>

using namespace levi;

namespace {

// The second line of a table of these columns.
TableRow rowOf(const std::string& line, TargetKind target = TargetKind::Number) {
    TableOptions options;
    options.target = target;
    options.targetColumn = "y";
    options.split = "split";
    options.domainColumns = {"where"};
    const CsvTable table("y,split,where\n" + line + "\n", "t.csv");
    return TableColumns(options, table).read(0);
}

} // namespace

class TestTableRows : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // Data sets mark rows without a label or a place so.
    void rowsThatAreNotUsedMayHoldAnything_data() {
        QTest::addColumn<QByteArray>("line");
        QTest::newRow("no number") << QByteArray("n/a,-1,north");
        QTest::newRow("no target") << QByteArray(",,north");
        QTest::newRow("no domain") << QByteArray("1,unused,");
        QTest::newRow("beyond all bounds") << QByteArray("1e300,-1,north");
    }

    void rowsThatAreNotUsedMayHoldAnything() {
        QFETCH(QByteArray, line);
        QCOMPARE(rowOf(line.toStdString()).role, std::string(kUnusedRole));
        QCOMPARE(rowOf(line.toStdString(), TargetKind::Class).role, std::string(kUnusedRole));
    }

    void readsNumbers_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("says"); // "": it is one
        QTest::newRow("large") << QByteArray("1e30") << QString();
        QTest::newRow("small and negative") << QByteArray("-1e30") << QString();
        QTest::newRow("too large") << QByteArray("1.1e30") << "'y' is '1.1e30', expected a number from -1e+30 to 1e+30";
        QTest::newRow("too small") << QByteArray("-1e300") << "'y' is '-1e300', expected a number from -1e+30";
        QTest::newRow("a null byte") << QByteArray("1\0", 2) << "'y' holds a null byte, expected text";
        QTest::newRow("beyond doubles") << QByteArray("1e400") << "'y' is '1e400', expected a number";
    }

    void readsNumbers() {
        QFETCH(QByteArray, text);
        QFETCH(QString, says);
        const auto error = test::errorOf([&] { rowOf(text.toStdString() + ",train,north"); });
        QVERIFY2(QString::fromStdString(error).contains(says) && error.empty() == says.isEmpty(), error.c_str());
    }

    // Their mean is rounded, and no spread may come of that.
    void equalTargetsHaveTheDeviationOne_data() {
        QTest::addColumn<double>("target");
        QTest::addColumn<int>("count");
        QTest::newRow("a tenth") << 0.1 << 3;
        QTest::newRow("a third") << 1.0 / 3 << 10;
        QTest::newRow("large") << 1e30 / 3 << 7;
        QTest::newRow("nothing") << 0.0 << 2;
    }

    void equalTargetsHaveTheDeviationOne() {
        QFETCH(double, target);
        QFETCH(int, count);
        const TargetScale scale = targetScale(std::vector<double>(static_cast<std::size_t>(count), target), false);
        QCOMPARE(scale.deviation, 1.0);
        QVERIFY(scale.low == target && scale.high == target);
    }
};

LEVI_TEST(TestTableRows)
#include "tst_table_rows.moc"
