// SPDX-License-Identifier: Apache-2.0
#include "tests/cli/program.h"
#include "tests/support/test_main.h"

#include <QJsonArray>

using namespace levi::test;

namespace {

QByteArray line(int trial, double accuracy) {
    return R"({"args": {"algorithm": "ERM", "dataset": "PACS", "hparams_seed": 0, "test_envs": [1], "trial_seed": )" +
           QByteArray::number(trial) + R"(}, "env0_in_acc": 0.5, "env0_out_acc": 0.5, "env1_in_acc": )" +
           QByteArray::number(accuracy, 'g', 17) + R"(, "env1_out_acc": 0.5, "step": 0})" + "\n";
}

void write(const Program& program, const QString& name, const QByteArray& text) {
    levi::writeFileAtomically(program.path("sweep/" + name).toStdString(), text.toStdString());
}

} // namespace

class TestSelect : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void printsTablesAndNumbers() {
        const Program program;
        write(program, "a/results.jsonl", line(0, 0.1 + 0.2));
        write(program, "a/done", "");
        write(program, "b/results.jsonl", line(1, 0.5));
        const QStringList arguments{"select", program.path("sweep"), "--rule", "training_domain"};
        const Ended tables = program.run(arguments);
        QVERIFY2(tables.code == 0, tables.err.constData());
        QVERIFY2(tables.out.contains("ERM                   X                     40.0 +/- 7.1"),
                 tables.out.constData());
        QVERIFY2(tables.err.contains("1 of 2 runs have no file 'done'"), tables.err.constData());
        const QByteArray json = program.run(arguments + QStringList{"--json"}).out;
        const QJsonArray groups = QJsonDocument::fromJson(json).array();
        QCOMPARE(groups.size(), 2);
        QCOMPARE(groups[1].toObject().keys(),
                 (QStringList{"algorithm", "dataset", "sweep_acc", "test_env", "trial_seed"}));
        QVERIFY2(json.contains("0.30000000000000004"), json.constData());
        const Ended none = program.run({"select", program.path("sweep"), "--rule", "leave_one_domain_out", "--json"});
        QVERIFY(QJsonDocument::fromJson(none.out).array()[0].toObject()["sweep_acc"].isNull());
    }

    // Its tables are empty then, which needs a word.
    void saysThatNoRunHoldsOutOne() {
        const Program program;
        write(program, "a/results.jsonl", line(0, 0.5).replace(R"("test_envs": [1])", R"("test_envs": [0, 1])"));
        write(program, "a/done", "");
        const QStringList arguments{"select", program.path("sweep"), "--rule"};
        QVERIFY(program.run(arguments + QStringList{"oracle"}).err.contains("every run holds out two domains or more"));
        QVERIFY(program.run(arguments + QStringList{"leave_one_domain_out"}).err.isEmpty());
        write(program, "b/results.jsonl", line(0, 0.5));
        write(program, "b/done", "");
        QVERIFY(program.run(arguments + QStringList{"oracle"}).err.isEmpty());
    }

    void namesFileAndLine() {
        const Program program;
        write(program, "a/results.jsonl", line(0, 0.5) + "{broken\n");
        const Ended ended = program.run({"select", program.path("sweep"), "--rule", "oracle"});
        QCOMPARE(ended.code, 1);
        QVERIFY2(ended.err.contains("a/results.jsonl:2: is no JSON"), ended.err.constData());
        QCOMPARE(program.run({"select", program.path("sweep"), "--rule", "best"}).code, 2);
        QCOMPARE(program.run({"select", program.path("sweep")}).code, 2);
        QCOMPARE(program.run({"select", program.path("sweep"), "--study", "s", "--rule", "oracle"}).code, 2);
        QCOMPARE(program.run({"select", program.path("absent"), "--rule", "oracle"}).code, 1);
    }
};

LEVI_TEST(TestSelect)
#include "tst_select.moc"
