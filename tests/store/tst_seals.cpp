// SPDX-License-Identifier: Apache-2.0
#include "tests/store/made_studies.h"
#include "tests/support/test_main.h"

#include <QTest>

using namespace levi;
using namespace levi::test;

namespace {

// A run with a candidate for each of the weights; the first is picked, where it is done.
std::int64_t measured(RunStore& store, NewRun run, const QString& data, const QString& weights, RunState end) {
    run.specJson = R"({"data":)" + data.toStdString() + "}";
    const auto id = store.beginRun(run);
    std::vector<std::int64_t> candidates;
    for (const QString& hash : weights.split(' ')) {
        CandidateRecord made{.epoch = 1, .weightsSha256 = hash.toStdString()};
        for (const char* role : {"train", "id_val", "ood_val", "id_test"})
            made.metrics.push_back({role, "", "accuracy", 0.5, 10});
        candidates.push_back(store.addCandidate(id, made));
    }
    RunEnd ended{.state = end};
    if (end == RunState::Done) {
        ended.pickedCandidate = candidates.front();
        ended.weightsSha256 = weights.section(' ', 0, 0).toStdString();
    }
    if (end != RunState::Running) store.endRun(id, ended);
    return id;
}

} // namespace

// What keeps test figures of a study hidden, and of runs that would tell the same.
class TestSeals : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void hidesTestFiguresUntilItIsUnsealed() {
        const Folder folder;
        RunStore store(folder.path("s"));
        store.createStudy(kPlan, true);
        const auto id = finish(store, runOf("main"));
        NewRun elsewhere = newRun();
        elsewhere.cell = "another";
        const auto outside = finish(store, elsewhere);
        QVERIFY(store.run(id)->sealed && !isOpen(store, id));
        QVERIFY(!store.run(outside)->sealed && isOpen(store, outside));
        const auto rows = store.run(id)->metrics;
        QCOMPARE(rows.size(), std::size_t{3}); // the roles are named
        QVERIFY(rows[0].value == 0.5 && !rows[0].sealed);
        QVERIFY(!rows[1].value && rows[1].sealed);
        QVERIFY(!store.run(id, CandidateRule::OracleOod)->reportedCandidate);
        store.unseal("main", "all runs are there");
        QVERIFY(isOpen(store, id));
        QCOMPARE(store.run(id)->metrics[1].value, std::optional(0.25));
        const auto study = store.study("main");
        QVERIFY(!study->sealed && study->unsealedUnixSeconds);
        QCOMPARE(study->unsealedReason, std::string("all runs are there"));
        QCOMPARE(study->looks.size(), std::size_t{1});
        QCOMPARE(study->looks[0].kind + ": " + study->looks[0].text, std::string("unsealed: all runs are there"));
        store.addLook("main", "levi table");
        QCOMPARE(store.study("main")->looks[1].kind, std::string("read"));
    }

    // A run that is derived from a sealed one would tell the same numbers.
    void sealsWhatIsDerived() {
        const Folder folder;
        RunStore store(folder.path("s"));
        store.createStudy(kPlan, true);
        const auto parent = finish(store, runOf("main"));
        const auto child = finish(store, runOf("", {parent}));
        const auto grandchild = finish(store, runOf("", {finish(store, newRun()), child}));
        QVERIFY(!isOpen(store, child) && !isOpen(store, grandchild));
        QCOMPARE(store.artifacts(parent).size(), std::size_t{2}); // weights, and those it started from
        QCOMPARE(store.predictionsToDeriveFrom(parent)->path, std::string("run/predictions.safetensors"));
        store.unseal("main", "done");
        QVERIFY(isOpen(store, grandchild));
    }

    // The same cell and seed, run again outside the study, would tell the same numbers. One that was open before the
    // sealed run began stays so.
    void sealsWhatRunsAgain() {
        const Folder folder;
        RunStore store(folder.path("s"));
        const auto before = finish(store, newRun());
        store.createStudy(kPlan, true);
        finish(store, runOf("main"));
        const auto again = finish(store, newRun());
        const auto other = finish(store, newRun("LEVI", 1));
        QVERIFY(isOpen(store, before) && isOpen(store, other));
        QVERIFY(!isOpen(store, again));
        store.unseal("main", "done");
        QVERIFY(isOpen(store, again));
    }

    // Equal weights answer equally, whatever else the spec says; while they are not known, they may be equal. Where the
    // data section is another one, the sealed test rows may be the validation rows.
    void sealsEqualWeights_data() {
        QTest::addColumn<QString>("data");
        QTest::addColumn<QString>("method");
        QTest::addColumn<int>("seed");
        QTest::addColumn<QString>("weights"); // of its candidates
        QTest::addColumn<int>("state");       // RunState
        QTest::addColumn<QString>("open");
        const QString same = QStringLiteral(R"({"kind":"image_folder","path":"b","ood":["r"]})"),
                      swapped = QStringLiteral(R"({"kind":"image_folder","path":"a","ood_val":"r"})"),
                      other = QStringLiteral(R"({"kind":"movielens"})");
        const int done = static_cast<int>(RunState::Done), failed = static_cast<int>(RunState::Failed),
                  running = static_cast<int>(RunState::Running);
        const auto row = [](const char* name, const QString& data, const char* method, int seed, const char* weights,
                            int state, const char* open) {
            QTest::newRow(name) << data << method << seed << weights << state << open;
        };
        row("equal weights", same, "levi", 0, "w", done, "train id_val ood_val");
        row("of another seed and method", same, "linear_probe", 1, "w", done, "train id_val ood_val");
        row("in other roles", swapped, "levi", 0, "w", done, "train");
        row("of an epoch that is not picked there", same, "levi", 0, "v u", done, "train id_val ood_val");
        row("of an epoch that is not picked here", same, "levi", 0, "v w", failed, "train id_val ood_val");
        row("other weights that go on", same, "levi", 0, "v", running, "train id_val ood_val id_test");
        row("other weights", swapped, "levi", 0, "v", done, "train id_val ood_val id_test");
        row("none", same, "levi", 0, "", done, "train id_val ood_val id_test");
        row("not known yet", same, "levi", 0, "", running, "train id_val ood_val");
        row("not known yet, in other roles", swapped, "levi", 0, "", running, "train");
        row("never known", same, "levi", 0, "", failed, "train id_val ood_val");
        row("known, though it failed", same, "levi", 0, "v", failed, "train id_val ood_val id_test");
        row("not known yet, of another seed", same, "levi", 1, "", running, "train id_val ood_val id_test");
        row("not known yet, of another method", same, "linear_probe", 0, "", running, "train id_val ood_val id_test");
        row("not known yet, on another kind of data", other, "levi", 0, "", running, "train id_val ood_val id_test");
    }

    void sealsEqualWeights() {
        QFETCH(QString, data);
        QFETCH(QString, method);
        QFETCH(int, seed);
        QFETCH(QString, weights);
        QFETCH(int, state);
        QFETCH(QString, open);
        const Folder folder;
        RunStore store(folder.path("s"));
        store.createStudy(kPlan, true);
        measured(store, runOf("main"), R"({"kind":"image_folder","path":"a","ood":["r"]})", "w u", RunState::Done);
        NewRun outside = newRun("outside", static_cast<std::uint64_t>(seed));
        outside.cell = "another";
        outside.method = method.toStdString();
        const auto id = measured(store, outside, data, weights, static_cast<RunState>(state));
        const auto openRoles = [&] {
            QStringList roles;
            const auto candidates = store.candidates(id);
            for (const MetricRow& row : candidates.front().metrics)
                if (row.value) roles << QString::fromStdString(row.role);
            return roles.join(' ');
        };
        QCOMPARE(openRoles(), open);
        QCOMPARE(store.run(id)->sealed, !open.contains(QStringLiteral("id_test")));
        const auto shown = store.run(id)->metrics;
        for (const MetricRow& row : shown)
            QVERIFY(row.value.has_value() == open.split(' ').contains(QString::fromStdString(row.role)) &&
                    row.sealed != row.value.has_value());
        store.unseal("main", "done");
        QCOMPARE(openRoles(), QStringLiteral("train id_val ood_val id_test"));
    }

    // It measured what it had, and has no pick.
    void sealsWeightsOfARunThatFailed() {
        const Folder folder;
        RunStore store(folder.path("s"));
        store.createStudy(kPlan, true);
        measured(store, runOf("main"), "{}", "w", RunState::Failed);
        NewRun outside = newRun();
        outside.cell = "another";
        QVERIFY(!isOpen(store, measured(store, outside, "{}", "v w", RunState::Done)));
        outside.seed = 1;
        QVERIFY(isOpen(store, measured(store, outside, "{}", "v", RunState::Done)));
    }

    // Its lines tell figures of id_val, where that may be the sealed domain.
    void sealsTheCourseInOtherRoles() {
        const Folder folder;
        RunStore store(folder.path("s"));
        store.createStudy(kPlan, true);
        measured(store, runOf("main"), R"({"path":"a","ood":["r"]})", "w", RunState::Done);
        NewRun outside = newRun();
        outside.cell = "another";
        const auto logged = [&](const QString& data) {
            const auto id = measured(store, outside, data, "w", RunState::Done);
            store.addLog(id, {{.level = "info", .text = "id_val_accuracy=0.5"}, {.level = "warn", .text = "slow"}});
            return store.log(id).size();
        };
        QCOMPARE(logged(R"({"path":"a","ood":["r"]})"), std::size_t{2});
        QCOMPARE(logged(R"({"path":"a","ood_val":"r"})"), std::size_t{1});
        store.unseal("main", "done");
        QCOMPARE(store.log(store.runs().back().id).size(), std::size_t{2});
    }

    // A run that the study has begun and not ended: its weights may become those of one outside.
    void sealsBesideARunThatGoesOn() {
        const Folder folder;
        RunStore store(folder.path("s"));
        store.createStudy(kPlan, true);
        store.beginRun(runOf("main"));
        NewRun outside = newRun();
        outside.cell = "another";
        QVERIFY(!isOpen(store, finish(store, outside)));
        outside.seed = 1;
        QVERIFY(isOpen(store, finish(store, outside)));
    }
};

LEVI_TEST(TestSeals)
#include "tst_seals.moc"
