// SPDX-License-Identifier: Apache-2.0
#include "core/store/run_store.h"
#include "tests/cli/program.h"
#include "tests/support/test_main.h"

#include <QSet>

#include <algorithm>
#include <csignal>
#include <thread>

using namespace levi;
using namespace levi::test;

namespace {

QStringList twoAtOnce(const Program& program, const QString& seeds) {
    return {"run",   program.specFile(kDemoSpec), "--store", program.store(), "--seeds", seeds, "--at-once", "2",
            "--json"};
}

std::size_t running(const QString& file) {
    if (!QFile::exists(file)) return 0;
    const RunStore store(file.toStdString(), RunStore::Access::Read);
    return static_cast<std::size_t>(std::ranges::count_if(
        store.runs(), [&](const RunSummary& run) { return store.candidates(run.id).size() == 2; }));
}

std::string environmentOf(const RunStore& store, std::int64_t run, const std::string& name) {
    for (const NamedText& entry : store.environment(run))
        if (entry.name == name) return entry.text;
    return "";
}

} // namespace

// Several runs beside each other, each in a process of its own.
class TestAtOnce : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void runsAllAndSaysSo() {
        const Program program;
        const Ended ended = program.run(twoAtOnce(program, "0..4"));
        QVERIFY2(ended.code == 0, ended.err);
        QSet<int> seeds;
        for (const QJsonObject& run : ended.lines()) {
            QCOMPARE(run["state"].toString(), QStringLiteral("done"));
            seeds.insert(run["seed"].toInt());
        }
        QCOMPARE(seeds, QSet<int>({0, 1, 2, 3, 4}));
        const RunStore store(program.store().toStdString(), RunStore::Access::Read);
        const auto runs = store.runs();
        QCOMPARE(runs.size(), std::size_t{5});
        const int threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()) / 2);
        for (const RunSummary& run : runs) {
            QCOMPARE(environmentOf(store, run.id, "runs_at_once"), std::string("2"));
            const auto spec = QJsonDocument::fromJson(QByteArray::fromStdString(run.specJson)).object();
            QCOMPARE(spec["compute"].toObject()["threads"].toInt(), threads);
        }
        QCOMPARE(runs.front().cell,
                 program.run({"run", program.specFile(kDemoSpec), "--store", program.store(), "--json"})
                     .lines()
                     .first()["cell"]
                     .toString()
                     .toStdString());
    }

    void waitsWithWhatIsMadeFromOthers() {
        const Program program;
        const QByteArray spec = R"({"name": "LEVI", "data": {"kind": "demo_world"}, "method": {"kind": "levi"},
            "backbone": {"kind": "vit", "path": "resource:demo_vit"}, "baselines": ["specialist", "output_ensemble"]})";
        const Ended ended = program.run(
            {"run", program.specFile(spec), "--store", program.store(), "--seeds", "0..1", "--at-once", "4", "--json"});
        QVERIFY2(ended.code == 0, ended.err + ended.out);
        const auto runs = ended.lines();
        QVERIFY(runs.size() > 4);
        for (const QJsonObject& run : runs)
            QCOMPARE(run["state"].toString(), QStringLiteral("done"));
        QCOMPARE(runs.last()["method"].toString(), QStringLiteral("output_ensemble"));
    }

    void startsNoMoreProcessesThanRuns() {
        const Program program;
        QCOMPARE(program.run({"run", program.specFile(kDemoSpec), "--store", program.store(), "--at-once", "8"}).code,
                 0);
        const RunStore store(program.store().toStdString(), RunStore::Access::Read);
        QCOMPARE(environmentOf(store, 1, "runs_at_once"), std::string());
    }

    void stopsAllByCtrlC() {
        const Program program("slow");
        QProcess process;
        program.start(process, twoAtOnce(program, "0..5"));
        QTRY_COMPARE_WITH_TIMEOUT(running(program.store()), std::size_t{2}, 30'000);
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(20'000));
        QCOMPARE(process.exitCode(), 130);
        QCOMPARE(process.readAllStandardOutput().count("\"state\":\"cancelled\""), qsizetype{2});
        QCOMPARE(RunStore(program.store().toStdString(), RunStore::Access::Read).runs().size(), std::size_t{2});
    }

    void stopsThemWhereTheCallerIsKilled() {
        const Program program("slow");
        QProcess process;
        program.start(process, twoAtOnce(program, "0..5"));
        QTRY_COMPARE_WITH_TIMEOUT(running(program.store()), std::size_t{2}, 30'000);
        process.kill();
        QVERIFY(process.waitForFinished(20'000));
        const RunStore store(program.store().toStdString(), RunStore::Access::Read);
        const auto ended = [&store] { // by nobody's request
            return std::ranges::count_if(store.runs(), [](const RunSummary& run) {
                return run.state == RunState::Interrupted && run.message == "The program that started it is gone.";
            });
        };
        QTRY_COMPARE_WITH_TIMEOUT(ended(), std::ptrdiff_t{2}, 20'000);
    }

    void survivesARunThatTakesItsProcessAlong() {
        const Program program("die");
        const Ended ended = program.run(twoAtOnce(program, "0..2"));
        QCOMPARE(ended.code, 1);
        const RunStore store(program.store().toStdString(), RunStore::Access::Read);
        const auto runs = store.runs();
        QCOMPARE(runs.size(), std::size_t{3}); // the others had their turn
        for (const RunSummary& run : runs)
            QCOMPARE(run.state, RunState::Interrupted);
        QVERIFY2(ended.err.contains("signal 9"), ended.err);
        QCOMPARE(ended.lines().size(), qsizetype{3});
        for (const QJsonObject& run : ended.lines())
            QCOMPARE(run["state"].toString(), QStringLiteral("interrupted"));
    }

    void refusesToBeAWorkerForPeople() {
        const Program program;
        const Ended ended = program.run({"worker"});
        QCOMPARE(ended.code, 1);
        QVERIFY2(ended.err.contains("--at-once"), ended.err);
    }
};

LEVI_TEST(TestAtOnce)
#include "tst_at_once.moc"
