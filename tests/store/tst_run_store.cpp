// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/base/files.h"
#include "tests/store/made_runs.h"
#include "tests/support/test_main.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <QTest>

#include <cmath>
#include <limits>

using namespace levi;
using namespace levi::test;

class TestRunStore : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keepsARun() {
        const Folder folder;
        RunStore store(folder.path("deep/er/store.sqlite"));
        const auto id = store.beginRun(newRun("LEVI", std::numeric_limits<std::uint64_t>::max()));
        QCOMPARE(store.run(id)->state, RunState::Running);
        store.resolveRun(
            id, {.canonicalText = "x\n", .cell = "fedcba9876543210", .taps = "12", .environment = {{"torch", "2.13"}}});
        store.addCandidate(id, candidate(1, 0.25));
        const auto picked = store.addCandidate(id, candidate(2, 0.75));
        store.addLog(id, {{.unixSeconds = 1, .level = "info", .text = "epoch=1"},
                          {.unixSeconds = 2, .level = "warn", .text = "b"}});
        store.addArtifact(id,
                          {.kind = "weights", .path = "run-1/weights.safetensors", .sha256 = "ab", .sizeBytes = 12});
        store.endRun(id, {.state = RunState::Done,
                          .seconds = 2.5,
                          .pickedCandidate = picked,
                          .backboneSamples = 7,
                          .weightsSha256 = "w",
                          .predictionsSha256 = "p",
                          .trainableParameters = 99,
                          .peakMemoryBytes = 1234,
                          .environment = {{"cache_key", "k"}}});

        const RunStore reader(store.file(), RunStore::Access::Read);
        const auto run = reader.run(id);
        QVERIFY(run.has_value());
        QCOMPARE(run->state, RunState::Done);
        QCOMPARE(run->seed, std::numeric_limits<std::uint64_t>::max());
        QCOMPARE(run->cell, std::string("fedcba9876543210"));
        QCOMPARE(run->taps, std::string("12"));
        QCOMPARE(run->seconds, 2.5);
        QCOMPARE(run->backboneSamples, 7);
        QCOMPARE(run->peakMemoryBytes, std::uint64_t{1234});
        QCOMPARE(run->pickedCandidate, std::optional(picked));
        QCOMPARE(run->metrics.size(), std::size_t{3});
        QCOMPARE(run->metrics[0].value, std::optional(0.75));
        QCOMPARE(run->metrics[1].role, std::string("ood_test/sketch"));
        QCOMPARE(run->metrics[1].domain, std::string("sketch"));
        QCOMPARE(run->metrics[2].value, std::optional<double>());
        QCOMPARE(reader.candidates(id).size(), std::size_t{2});
        QCOMPARE(reader.candidates(id)[0].metrics.size(), std::size_t{3});
        QCOMPARE(reader.log(id).size(), std::size_t{2});
        QCOMPARE(reader.log(id, reader.log(id)[0].id).front().text, std::string("b"));
        QCOMPARE(reader.artifacts(id).front().sizeBytes, std::uint64_t{12});
        QCOMPARE(reader.environment(id).size(), std::size_t{3});
        QVERIFY(!reader.run(id + 1).has_value());
    }

    void turnsUndefinedFiguresIntoNothing_data() {
        QTest::addColumn<double>("value");
        QTest::addColumn<bool>("isKept");
        QTest::newRow("a number") << 0.1 << true;
        QTest::newRow("infinite") << std::numeric_limits<double>::infinity() << true;
        QTest::newRow("not a number") << std::nan("") << false;
    }

    void turnsUndefinedFiguresIntoNothing() {
        QFETCH(double, value);
        QFETCH(bool, isKept);
        const Folder folder;
        RunStore store(folder.path("s"));
        const auto id = store.beginRun(newRun());
        store.addCandidate(id, {.trainLoss = value, .metrics = {{"id_val", "", "nll", value, 1}}});
        const auto kept = store.candidates(id).front();
        QCOMPARE(kept.metrics.front().value.has_value(), isKept);
        QCOMPARE(std::isnan(kept.trainLoss), !isKept);
        if (isKept) QCOMPARE(*kept.metrics.front().value, value);
    }

    void keepsAnyText_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("SQL") << QByteArray("'); DROP TABLE run; --");
        QTest::newRow("zero bytes") << QByteArray("a\0b", 3);
        QTest::newRow("no UTF-8") << QByteArray("\xff\xfe\x80");
        QTest::newRow("markup") << QByteArray("<script>alert(1)</script>\"&");
        QTest::newRow("right to left") << QByteArray("\u202eabc\u0000");
        QTest::newRow("long") << QByteArray(1 << 20, 'x');
        QTest::newRow("placeholders") << QByteArray("?1 :name @x $y %s {}");
    }

    void keepsAnyText() {
        QFETCH(QByteArray, text);
        const std::string hostile = text.toStdString();
        const Folder folder;
        RunStore store(folder.path("s"));
        auto run = newRun(hostile);
        run.specJson = run.method = run.taps = run.cell = hostile;
        run.environment = {{hostile, hostile}};
        const auto id = store.beginRun(run);
        store.addLog(id, {{.level = hostile, .text = hostile}});
        const auto picked = store.addCandidate(id, {.kind = hostile, .metrics = {{hostile, hostile, hostile, 1.0, 1}}});
        store.endRun(id, {.state = RunState::Failed, .message = hostile, .pickedCandidate = picked});
        const auto kept = store.run(id);
        QCOMPARE(kept->name, hostile);
        QCOMPARE(kept->cell, hostile);
        QCOMPARE(kept->message, hostile);
        QCOMPARE(kept->metrics.front().metric, hostile);
        QCOMPARE(store.log(id).front().text, hostile);
        QCOMPARE(store.environment(id).front().name, hostile);
    }

    void refusesWhatCannotBe_data() {
        QTest::addColumn<int>("deed");
        const char* const names[] = {"discard a running run", "end twice",           "end as running",
                                     "discard a parent",      "an artifact outside", "an absolute artifact",
                                     "an unknown run",        "an unknown parent",   "a candidate of nobody"};
        for (int i = 0; i < 9; ++i)
            QTest::newRow(names[i]) << i;
    }

    void refusesWhatCannotBe() {
        QFETCH(int, deed);
        const Folder folder;
        RunStore store(folder.path("s"));
        const auto running = store.beginRun(newRun());
        const auto done = store.beginRun(newRun());
        store.endRun(done, {});
        auto child = newRun("child");
        child.parents = {done};
        store.endRun(store.beginRun(child), {});
        const auto before = store.version();
        const auto act = [&] {
            if (deed == 0) store.discardRun(running);
            if (deed == 1) store.endRun(done, {});
            if (deed == 2) store.endRun(running, {.state = RunState::Running});
            if (deed == 3) store.discardRun(done);
            if (deed == 4) store.addArtifact(running, {.kind = "weights", .path = "run-1/../../x"});
            if (deed == 5) store.addArtifact(running, {.kind = "weights", .path = "/etc/passwd"});
            if (deed == 6) store.discardRun(99);
            child.parents = {99};
            if (deed == 7) store.beginRun(child);
            if (deed == 8) store.addCandidate(99, candidate(1, 0));
        };
        QVERIFY_EXCEPTION_THROWN(act(), Error);
        QCOMPARE(store.version(), before);
        QCOMPARE(store.runs().size(), std::size_t{3});
    }

    // A derived run has read none itself: its answers are to the rows of the run at the root of its first parents.
    void saysWhatDataARunStandsOn() {
        const Folder folder;
        RunStore store(folder.path("s"));
        auto root = newRun("root");
        root.environment = {{"data_fingerprint", "f00d"}};
        root.specJson = R"({"data":{"kind":"demo_world"}})";
        auto child = newRun("child"), grandchild = newRun("grandchild");
        child.parents = {store.beginRun(root)};
        grandchild.parents = {store.beginRun(child)};
        const auto last = store.beginRun(grandchild);
        const auto without = store.beginRun(newRun("no data"));
        QCOMPARE(store.run(last)->dataFingerprint, std::string("f00d"));
        QCOMPARE(store.run(last)->dataSpecJson, root.specJson);
        auto mixed = newRun("mixed"); // reads data again to measure itself, by the spec of what it is made from
        mixed.method = "wise_ft";
        mixed.environment = root.environment;
        mixed.parents = child.parents;
        QCOMPARE(store.run(store.beginRun(mixed))->dataSpecJson, root.specJson);
        QCOMPARE(store.run(without)->dataFingerprint, std::string());
        QCOMPARE(store.run(without)->dataSpecJson, std::string());
    }

    void discardsWithAllThatBelongsToIt() {
        const Folder folder;
        RunStore store(folder.path("s"));
        const auto id = store.beginRun(newRun());
        const auto other = store.beginRun(newRun("other"));
        const auto file = store.artifactFolder() / "run-1/weights.safetensors";
        writeFileAtomically(file, "weights");
        store.addArtifact(id, {.kind = "weights", .path = "run-1/weights.safetensors"});
        writeFileAtomically(store.artifactFolder() / "run-1/predictions.safetensors", "of a process that was killed");
        store.endRun(id, {.pickedCandidate = store.addCandidate(id, candidate(1, 0.5))});
        store.discardRun(id);
        QVERIFY(!std::filesystem::exists(file.parent_path()));
        QVERIFY(!store.run(id).has_value());
        QVERIFY(store.candidates(id).empty());
        QCOMPARE(store.runs().size(), std::size_t{1});
        SQLite::Database raw(store.file().string());
        QCOMPARE(raw.execAndGet("SELECT (SELECT count(*) FROM metric) + (SELECT count(*) FROM test_metric)").getInt(),
                 0);
        store.endRun(other, {});
        QVERIFY(store.beginRun(newRun()) > other); // ids are not used again
    }

    void tellsThatSomethingWasWritten() {
        const Folder folder;
        RunStore a(folder.path("s"));
        const RunStore b(folder.path("s"), RunStore::Access::Read);
        auto versionOfA = a.version(), versionOfB = b.version();
        QCOMPARE(a.version(), versionOfA);
        const auto id = a.beginRun(newRun());
        QVERIFY(a.version() != std::exchange(versionOfA, a.version()));
        QVERIFY(b.version() != std::exchange(versionOfB, b.version()));
        QCOMPARE(b.version(), versionOfB);
        a.addLog(id, {{.text = "x"}});
        QVERIFY(a.version() != versionOfA);
        QVERIFY(b.version() != versionOfB);
    }

    void readsWithoutWriting() {
        const Folder folder;
        QVERIFY_EXCEPTION_THROWN(RunStore(folder.path("s"), RunStore::Access::Read), Error);
        QVERIFY(!std::filesystem::exists(folder.path("s")));
        const auto id = RunStore(folder.path("s")).beginRun(newRun());
        RunStore reader(folder.path("s"), RunStore::Access::Read);
        QCOMPARE(reader.runs().size(), std::size_t{1});
        QVERIFY_EXCEPTION_THROWN(reader.endRun(id, {}), Error);
        QVERIFY_EXCEPTION_THROWN(reader.beginRun(newRun()), Error);
    }

    void namesTestRoles_data() {
        QTest::addColumn<QString>("role");
        QTest::addColumn<bool>("expected");
        QTest::newRow("train") << "train" << false;
        QTest::newRow("id_val") << "id_val" << false;
        QTest::newRow("ood_val") << "ood_val" << false;
        QTest::newRow("id_test") << "id_test" << true;
        QTest::newRow("ood_test/x") << "ood_test/x" << true;
    }

    void namesTestRoles() {
        QFETCH(QString, role);
        QTEST(isTestRole(role.toStdString()), "expected");
    }
};

LEVI_TEST(TestRunStore)
#include "tst_run_store.moc"
