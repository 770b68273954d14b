// SPDX-License-Identifier: Apache-2.0
#include "core/spec/spec_hash.h"
#include "tests/support/test_main.h"

#include <QTest>

using namespace levi;

class TestSpecHash : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cells_data() {
        QTest::addColumn<QString>("assignment");
        QTest::addColumn<bool>("sameCell");
        QTest::newRow("seed") << "seed=7" << true;
        QTest::newRow("name") << "name=other" << true;
        QTest::newRow("tags") << "tags=a,b" << true;
        QTest::newRow("threads") << "compute.threads=1" << true;
        QTest::newRow("loader") << "compute.loader_threads=3" << true;
        QTest::newRow("device") << "compute.device=cuda:0" << true;
        QTest::newRow("a default spelled out") << "method.pool=cls+mean" << true;
        QTest::newRow("a field that does not apply") << "train.momentum=0.5" << true;
        QTest::newRow("split seed") << "data.split_seed=1" << false;
        QTest::newRow("taps") << "method.taps=last" << false;
        QTest::newRow("method") << "method.kind=linear_probe" << false;
        QTest::newRow("specialist") << "specialist.width=8" << false;
        QTest::newRow("precision") << "train.precision=bf16" << false;
    }

    void cells() {
        QFETCH(QString, assignment);
        QFETCH(bool, sameCell);
        ExperimentSpec a;
        ExperimentSpec b;
        setAssignment(b, assignment.toStdString());
        QCOMPARE(cellKey(a, {}) == cellKey(b, {}), sameCell);
    }

    void putsContentForPaths() {
        ExperimentSpec a, b;
        setAssignment(a, "data.path=here.zip");
        setAssignment(b, "data.path=there.zip");
        QVERIFY(cellKey(a, {}) != cellKey(b, {}));
        const ResolvedFacts facts{{"data.path", "d41d8c"}, {"method.taps", "0-12"}};
        QCOMPARE(cellKey(a, facts), cellKey(b, facts));
        setAssignment(b, "method.taps=0-12");
        QCOMPARE(cellKey(a, facts), cellKey(b, facts));
        QVERIFY(cellKey(a, facts) != cellKey(a, {{"data.path", "other"}, {"method.taps", "0-12"}}));
    }

    void namesDifferences() {
        ExperimentSpec a, b;
        setAssignment(b, "method.kind=linear_probe");
        const auto found = differences(a, b);
        QVERIFY(!found.empty());
        QCOMPARE(found.front().path, std::string("method.kind"));
        QCOMPARE(found.front().b, std::string("linear_probe"));
        QVERIFY(differences(a, a).empty());
    }
};

LEVI_TEST(TestSpecHash)
#include "tst_spec_hash.moc"
