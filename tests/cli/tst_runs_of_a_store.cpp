// SPDX-License-Identifier: Apache-2.0
#include "core/store/run_store.h"
#include "tests/cli/program.h"
#include "tests/support/test_main.h"

#include <QJsonArray>

#include <csignal>

using namespace levi;
using namespace levi::test;

namespace {

QStringList keysOf(const QJsonObject& object) {
    QStringList keys = object.keys();
    keys.sort();
    return keys;
}

bool waitForARun(const QString& store) {
    return QTest::qWaitFor(
        [&] {
            if (!QFile::exists(store)) return false;
            const RunStore reader(store.toStdString(), RunStore::Access::Read);
            return !reader.runs().empty() && reader.candidates(1).size() == 2;
        },
        30'000);
}

} // namespace

class TestRunsOfAStore : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void sweepGoesOnWhereItWasLeft() {
        const Program program;
        const QString sweep = program.specFile(R"({"base": )" + kDemoSpec + R"(, "seeds": "0..2", "variants": [
            {"name": "A"}, {"name": "B", "method": {"taps": "2"}},
            {"name": "Both", "method": {"kind": "output_ensemble", "parents": ["A", "B"]}}]})");
        const QStringList begin{"sweep", sweep, "--store", program.store(), "--json"};
        const auto runsOf = [](const Ended& ended) {
            QList<int> runs;
            for (const QJsonObject& run : ended.lines())
                runs << run["run"].toInt();
            return runs;
        };
        const Ended part = program.run(begin + QStringList{"--part", "1/2"}); // A 0, A 2, B 1: no ensemble has both
        QVERIFY2(part.code == 0 && part.err.contains("2 of the runs need others"), part.err.constData());
        QCOMPARE(runsOf(part).size(), 3);
        const Ended rest = program.run(begin);
        QVERIFY2(rest.code == 0, rest.err.constData());
        QCOMPARE(runsOf(rest).size(), 9);
        const Ended again = program.run(begin);
        QCOMPARE(again.code, 0);
        auto first = runsOf(rest), second = runsOf(again);
        std::ranges::sort(first);
        std::ranges::sort(second);
        QCOMPARE(second, first); // the same runs, none new
        const Ended preview = program.run(QStringList{"sweep", sweep, "--store", program.store(), "--preview"});
        QVERIFY2(preview.out.contains("3 settings, 9 runs"), preview.out.constData());

        // Another base is another sweep, with parents of its own among runs of the same names.
        const Ended other = program.run(begin + QStringList{"--set", "data.world_seed=3", "--seeds", "0"});
        QVERIFY2(other.code == 0, other.err.constData());
        QCOMPARE(runsOf(other), (QList<int>{10, 11, 12}));
        const Ended wrong = program.run(begin + QStringList{"--set", "data.nonsense=3"});
        QVERIFY2(wrong.code == 2 && wrong.err.contains("data.nonsense"), wrong.err.constData());
    }

    // What a study has stays in it, and a sealed one is not closed by a run that was there before.
    void namesTheOtherVerb() {
        const Program program;
        const QStringList store{"--store", program.store()};
        const QString sweep = program.specFile(R"({"base": )" + kDemoSpec + R"(, "seeds": "0,1"})");
        const Ended run = program.run(QStringList{"run", sweep} + store);
        QCOMPARE(run.code, 2);
        QVERIFY2(run.err.contains("run it with `levi sweep`"), run.err.constData());
        const Ended swept = program.run(QStringList{"sweep", program.specFile(kDemoSpec)} + store);
        QCOMPARE(swept.code, 2);
        QVERIFY2(swept.err.contains("run it with `levi run`"), swept.err.constData());
    }

    void sweepsOfTwoStudies() {
        const Program program;
        const QString sweep = program.specFile(R"({"base": )" + kDemoSpec + R"(, "seeds": "0,1"})");
        const QStringList store{"--store", program.store()};
        QCOMPARE(program.run(QStringList{"sweep", sweep, "--seeds", "0"} + store).code, 0); // of no study
        for (const QStringList& name : {QStringList{"a"}, QStringList{"b", "--sealed"}})
            QCOMPARE(program.run(QStringList{"study", "new"} + name + store).code, 0);
        for (const char* study : {"a", "b", "a"}) {
            const Ended ended = program.run(QStringList{"sweep", sweep, "--study", study, "--json"} + store);
            QVERIFY2(ended.code == 0, ended.err.constData());
            QCOMPARE(ended.lines().size(), 2);
        }
        QCOMPARE(program.run(QStringList{"runs", "--json"} + store).out.count("\"cell\""), 4); // 0, 1 of a; 0, 1 of b
    }

    void printsTheContract() {
        const Program program;
        const Ended ended =
            program.run({"run", program.specFile(kDemoSpec), "--store", program.store(), "--seeds", "0,2", "--json"});
        QVERIFY2(ended.code == 0, ended.err.constData());
        const auto runs = ended.lines();
        QCOMPARE(runs.size(), 2);
        for (const char* key : {"run", "cell", "method", "seed", "state", "seconds", "backbone_samples",
                                "weights_sha256", "predictions_sha256", "metrics"})
            QVERIFY2(runs[0].contains(QLatin1String(key)), key);
        QCOMPARE(runs[0]["seed"].toInt(), 0);
        QCOMPARE(runs[1]["seed"].toInt(), 2);
        QCOMPARE(runs[1]["cell"], runs[0]["cell"]);
        QCOMPARE(runs[0]["state"].toString(), QStringLiteral("done"));
        QCOMPARE(runs[0]["backbone_samples"].toInt(), 7);
        const QJsonObject metrics = runs[0]["metrics"].toObject();
        QCOMPARE(keysOf(metrics), (QStringList{"id_test", "id_val", "ood_test/sketch"}));
        const QJsonObject test = metrics["id_test"].toObject();
        QCOMPARE(keysOf(test), (QStringList{"accuracy", "auc", "ece", "macro_f1", "nll", "worst_group"}));
        QCOMPARE(test["accuracy"].toDouble(), 0.1 + 0.2);
        QVERIFY(ended.out.contains("0.30000000000000004"));
        QVERIFY(test["auc"].isNull());

        const Ended listed = program.run({"runs", "--store", program.store(), "--json"});
        const QJsonArray all = QJsonDocument::fromJson(listed.out).array();
        QCOMPARE(all.size(), 2);
        QCOMPARE(all[0].toObject(), runs[0]);
    }

    void runsAgainWhatItIsAskedTo() {
        const Program program;
        const QStringList arguments{"run", program.specFile(kDemoSpec), "--store", program.store(), "--json"};
        QCOMPARE(program.run(arguments).lines().size(), 1);
        const auto second = program.run(arguments).lines();
        QCOMPARE(second.size(), 1);
        QCOMPARE(second[0]["run"].toInt(), 2);
    }

    void failsWithTheRunsOwnSentence() {
        const Program program("fail");
        const Ended ended = program.run({"run", program.specFile(kDemoSpec), "--store", program.store()});
        QCOMPARE(ended.code, 1);
        QVERIFY2(ended.out.contains("step 3: the loss is not finite"), ended.out.constData());
    }

    void stopsByCtrlC() {
        const Program program("slow");
        QProcess process;
        program.start(process,
                      {"run", program.specFile(kDemoSpec), "--store", program.store(), "--seeds", "0..3", "--json"});
        QVERIFY(waitForARun(program.store()));
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(20'000));
        QCOMPARE(process.exitCode(), 130);
        QVERIFY(process.readAllStandardOutput().contains("\"state\":\"cancelled\""));
        const RunStore store(program.store().toStdString(), RunStore::Access::Read);
        QCOMPARE(store.runs().size(), std::size_t{1}); // what waited never began
        QCOMPARE(store.runs().front().metrics.empty(), false);
    }

    void stopsAPrediction() {
        const Program quick, slow("slow");
        QCOMPARE(quick.run({"run", quick.specFile(kDemoSpec), "--store", quick.store()}).code, 0);
        RunStore store(quick.store().toStdString());
        store.addArtifact(1, {.kind = "weights", .path = "w"});
        QProcess process;
        slow.start(process, {"predict", "1", "pictures", "--store", quick.store()});
        QByteArray said; // when it is inside the engine
        QTRY_VERIFY_WITH_TIMEOUT((said += process.readAllStandardError()).contains("predicting"), 20'000);
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(20'000));
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(process.exitCode(), 130);
    }

    // Of a machine with one GPU.
    void predictsWhereItCan_data() {
        QTest::addColumn<QString>("ofRun");
        QTest::addColumn<QString>("asked");
        QTest::addColumn<QByteArray>("out");
        QTest::addColumn<QByteArray>("err");
        const auto row = [](const char* name, const char* ofRun, const char* asked, const char* out, const char* err) {
            QTest::newRow(name) << QString(ofRun) << QString(asked) << QByteArray(out) << QByteArray(err);
        };
        row("the run's own", "cuda:0", "", "cuda:0", "");
        row("the run's own, a CPU", "cpu", "", "cpu", "");
        row("another one", "cuda:0", "cpu", "cpu", "");
        row("a GPU instead", "cpu", "cuda:0", "cuda:0", "");
        row("the run's is not here", "cuda:3", "", "cpu", "levi: the run was made on cuda:3, which is not here");
        row("what is asked for is not here", "cpu", "cuda:3", "",
            "--device: 'cuda:3' is not here; expected one of: cpu, cuda:0");
    }

    void predictsWhereItCan() {
        QFETCH(QString, ofRun);
        QFETCH(QString, asked);
        QFETCH(QByteArray, out);
        QFETCH(QByteArray, err);
        const Program program("device");
        const QStringList store{"--store", program.store()};
        const QStringList device{"--set", "compute.device=" + ofRun};
        QCOMPARE(program.run(QStringList{"run", program.specFile(kDemoSpec)} + device + store).code, 0);
        RunStore(program.store().toStdString()).addArtifact(1, {.kind = "weights", .path = "w"});
        QStringList question{"predict", "1", "pictures", "--json"};
        if (!asked.isEmpty()) question << "--device" << asked;
        const Ended ended = program.run(question + store);
        QCOMPARE(ended.code, out.isEmpty() ? 1 : 0);
        QVERIFY2(ended.out.contains(out), ended.out.constData());
        QVERIFY2(ended.err.contains(err) && ended.err.isEmpty() == err.isEmpty(), ended.err.constData());
    }

    void showsAKilledRunAsInterrupted() {
        const Program program("slow");
        QProcess process;
        program.start(process, {"run", program.specFile(kDemoSpec), "--store", program.store()});
        QVERIFY(waitForARun(program.store()));
        process.kill();
        QVERIFY(process.waitForFinished(20'000));
        const Ended listed = program.run({"runs", "--store", program.store(), "--json"});
        QVERIFY2(listed.out.contains("\"state\":\"interrupted\""), listed.out.constData());
        QVERIFY2(listed.out.contains("\"message\":\"The process that ran it is gone.\""), listed.out.constData());
    }

    void writesEveryKindOfDocument() {
        const Program program;
        const QStringList store{"--store", program.store()};
        QCOMPARE(program.run(QStringList{"run", program.specFile(kDemoSpec), "--seeds", "0..2"} + store).code, 0);
        QCOMPARE(program
                     .run(QStringList{"run", program.specFile(kDemoSpec), "--seeds", "0..2", "--set", "train.epochs=3",
                                      "--set", "name=Short"} +
                          store)
                     .code,
                 0);
        const Ended shown = program.run(QStringList{"show", "2", "--json"} + store);
        QCOMPARE(QJsonDocument::fromJson(shown.out)["candidates"].toArray().size(), 2);
        QVERIFY(program.run(QStringList{"show", "2"} + store).out.contains("git_revision"));
        const Ended table = program.run(QStringList{"table"} + store);
        QVERIFY2(table.out.contains("LEVI") && table.out.contains("Short"), table.out.constData());
        QVERIFY(table.out.contains("Efficiency by setting")); // what it cost stands below
        const auto tableObject = QJsonDocument::fromJson(program.run(QStringList{"table", "--json"} + store).out);
        QCOMPARE(tableObject["costs"]["rows"].toArray().size(), 2);
        QVERIFY(!program.run(QStringList{"table", "--columns", "results"} + store).out.contains("Efficiency"));
        const QByteArray csv = program.run(QStringList{"table", "--format", "csv"} + store).out; // one table
        QVERIFY(csv.contains("training FLOPs") && !csv.contains("\r\n\r\n"));
        const Ended compared = program.run(QStringList{"compare", "LEVI", "Short"} + store);
        QVERIFY2(compared.code == 0 && compared.out.contains("Epochs"), (compared.out + compared.err).constData());
        QVERIFY(compared.out.contains("Efficiency by setting"));
        const auto json = QJsonDocument::fromJson(program.run(QStringList{"compare", "1", "4", "--json"} + store).out);
        QCOMPARE(json["costs"]["rows"].toArray().size(), 2);
        QCOMPARE(program.run(QStringList{"compare", "LEVI", "Nobody"} + store).code, 1);
        for (const char* name : {"r.html", "r.csv", "r.md", "r.tex", "r.json"}) {
            const Ended written = program.run(QStringList{"report", "--out", program.path(name)} + store);
            QVERIFY2(written.code == 0, written.err.constData());
            QVERIFY2(QByteArray::fromStdString(readFile(program.path(name).toStdString())).contains("LEVI"), name);
        }
        QCOMPARE(program.run(QStringList{"report", "--out", program.path("r")} + store).code, 2);
    }

    void runsTheDemoOnce() {
        const Program program;
        const QStringList arguments{"demo", "--store", program.store(), "--seeds", "0,1"};
        const Ended first = program.run(arguments);
        QVERIFY2(first.code == 0, first.err.constData());
        const auto count = [&] { return RunStore(program.store().toStdString()).runs().size(); };
        QCOMPARE(count(), std::size_t{14});
        const Ended second = program.run(arguments);
        QCOMPARE(count(), std::size_t{14});
        QVERIFY2(first.out.endsWith(second.out), second.out.constData()); // the table
        QVERIFY(second.out.contains("LEVI without specialist"));
        QCOMPARE(program.run(arguments + QStringList{"--json"}).lines().size(), 14);
        QCOMPARE(program.run({"demo", "--store", program.store(), "--seeds", "0", "--again", "--json"}).lines().size(),
                 7);
        QCOMPARE(count(), std::size_t{21});
    }

    void stopsTheDemo() {
        const Program program("slow");
        QProcess process;
        program.start(process, {"demo", "--store", program.store()});
        QVERIFY(waitForARun(program.store()));
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(20'000));
        QCOMPARE(process.exitCode(), 130);
    }
};

LEVI_TEST(TestRunsOfAStore)
#include "tst_runs_of_a_store.moc"
