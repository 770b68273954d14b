// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/store/store_file.h"
#include "tests/store/made_studies.h"
#include "tests/support/test_main.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <QTest>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>

using namespace levi;
using namespace levi::test;

namespace {

std::string errorOf(auto act) {
    try {
        act();
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

} // namespace

class TestStudies : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keepsWhatAStudyStates() {
        const Folder folder;
        RunStore store(folder.path("s"));
        store.createStudy(kPlan, true);
        store.beginRun(runOf("main"));
        const RunStore reader(folder.path("s"), RunStore::Access::Read);
        const auto study = reader.study("main");
        QVERIFY(study && study->sealed && !study->unsealedUnixSeconds);
        QCOMPARE(study->plan.question, kPlan.question);
        QVERIFY(study->plan.family == kPlan.family && study->plan.endpoint == Endpoint::OodMean);
        QCOMPARE(study->plan.comparisons(true).front().baseline, std::string("0123456789abcdef"));
        QCOMPARE(study->plan.metric, std::string("macro_f1"));
        QVERIFY(study->plan.rule == CandidateRule::Last);
        QCOMPARE(study->plan.seeds, (std::vector<std::uint64_t>{0, 1, 2}));
        QVERIFY(study->plan.margin == 0.01);
        QCOMPARE(study->runs, 1);
        QVERIFY(study->createdUnixSeconds > 1e9);
        QCOMPARE(reader.runs().front().study, std::string("main"));
        QVERIFY(!reader.study("other"));
        store.createStudy({.name = "bare"});
        const auto bare = store.study("bare");
        QVERIFY(!bare->sealed && bare->plan.seeds.empty() && !bare->plan.margin && bare->plan.family.empty());
    }

    // Whose figures may have been seen before the question was asked.
    void countsRunsThatWereThereBefore() {
        const Folder folder;
        RunStore store(folder.path("s"));
        const auto begin = [&](std::uint64_t seed, const char* study) {
            NewRun run = newRun("LEVI", seed);
            run.study = study;
            const auto id = store.beginRun(run);
            std::this_thread::sleep_for(std::chrono::milliseconds(2)); // each has a time of its own
            return id;
        };
        const auto old = begin(0, "");
        begin(1, "");
        store.createStudy({.name = "open"});
        store.assign(old, "open");
        store.createStudy({.name = "sealed"}, true);
        begin(0, "sealed");
        begin(1, "sealed");
        begin(2, "sealed");
        QCOMPARE(store.study("open")->olderRuns, 1);
        QCOMPARE(store.study("open")->repeatedRuns, 0);
        QCOMPARE(store.study("sealed")->olderRuns, 0);
        QCOMPARE(store.study("sealed")->repeatedRuns, 2);
    }

    void movesRunsWhereNoSealSuffers() {
        const Folder folder;
        RunStore store(folder.path("s"));
        store.createStudy(kPlan, true);
        store.createStudy({.name = "open"});
        const auto seen = finish(store, newRun());
        QVERIFY2(errorOf([&] { store.assign(seen, "main"); }).find("have been open") != std::string::npos, "seen");
        store.assign(seen, "open");
        QCOMPARE(store.run(seen)->study, std::string("open"));
        const auto begun = store.beginRun(newRun());
        store.assign(begun, "main");
        QVERIFY(store.run(begun)->sealed);
        store.assign(begun, "main");
        QVERIFY2(errorOf([&] { store.assign(begun, "open"); }).find("stays there") != std::string::npos, "leaves");
    }

    // Of a run that it takes over, a study keeps the name by which the list that put it there knows the setting.
    void namesWhatItTakesOver_data() {
        QTest::addColumn<QStringList>("names"); // that lists give it, one after the other
        QTest::addColumn<QString>("name");
        QTest::newRow("none") << QStringList{QString()} << "LEVI";
        QTest::newRow("its own") << QStringList{QStringLiteral("LEVI")} << "LEVI";
        QTest::newRow("another one") << QStringList{QStringLiteral("Mine")} << "Mine";
        QTest::newRow("the first one stays") << QStringList{QStringLiteral("Mine"), QStringLiteral("Yours")} << "Mine";
        QTest::newRow("unless another one is compared")
            << QStringList{QStringLiteral("Mine"), QStringLiteral("A")} << "A";
        QTest::newRow("and that stays") << QStringList{QStringLiteral("A"), QStringLiteral("B")} << "A";
    }

    void namesWhatItTakesOver() {
        QFETCH(QStringList, names);
        QFETCH(QString, name);
        const Folder folder;
        RunStore store(folder.path("s"));
        store.createStudy({.name = "open", .family = {{"A", "B"}}});
        const auto id = finish(store, newRun());
        for (const QString& one : names)
            store.assign(id, "open", one.toStdString());
        const auto run = *store.run(id);
        QCOMPARE(settingName(run), name.toStdString());
        QCOMPARE(run.name, std::string("LEVI"));
        QCOMPARE(run.nameInStudy.empty(), name == QStringLiteral("LEVI"));
    }

    void refusesWhatCannotBe_data() {
        QTest::addColumn<int>("deed");
        const char* const names[] = {
            "a name twice",    "no name",          "a negative margin",   "a setting with itself", "an unknown study",
            "unsealed twice",  "without a reason", "a run of no study",   "assign nobody",         "assign to nothing",
            "look at nothing", "compares twice",   "the other way round", "exploratory too"};
        for (int i = 0; i < 14; ++i)
            QTest::newRow(names[i]) << i;
    }

    void refusesWhatCannotBe() {
        QFETCH(int, deed);
        const Folder folder;
        RunStore store(folder.path("s"));
        store.createStudy(kPlan, true);
        store.createStudy({.name = "open"});
        const auto id = finish(store, newRun());
        const auto before = store.version();
        const auto act = [&] {
            if (deed == 0) store.createStudy(kPlan);
            if (deed == 1) store.createStudy({});
            if (deed == 2) store.createStudy({.name = "x", .margin = -1});
            if (deed == 3) store.createStudy({.name = "x", .family = {{"a", "b"}, {"c", "c"}}});
            if (deed == 4) store.unseal("x", "why not");
            if (deed == 5) store.unseal("open", "why not");
            if (deed == 6) store.unseal("main", " \n");
            if (deed == 7) store.beginRun(runOf("x"));
            if (deed == 8) store.assign(99, "open");
            if (deed == 9) store.assign(id, "x");
            if (deed == 10) store.addLook("x", "y");
            if (deed == 11) store.createStudy({.name = "x", .family = {{"a", "b"}, {"a", "c"}, {"a", "b"}}});
            if (deed == 12) store.createStudy({.name = "x", .family = {{"a", "b"}, {"b", "a"}}});
            if (deed == 13) store.createStudy({.name = "x", .family = {{"a", "b"}, {"a", "b", true}}});
        };
        QVERIFY_EXCEPTION_THROWN(act(), Error);
        QCOMPARE(store.version(), before);
        QCOMPARE(store.studies().size(), std::size_t{2});
        QCOMPARE(store.runs().size(), std::size_t{1});
    }

    void reportsTheCandidateOfARule_data() {
        QTest::addColumn<QString>("rule");
        QTest::addColumn<int>("epoch");
        QTest::newRow("as the run picked") << "" << 2;
        QTest::newRow("id_val") << "id_val" << 1;
        QTest::newRow("last") << "last" << 3;
        QTest::newRow("training_domain") << "training_domain" << 3;
        QTest::newRow("training_domain, known of some candidates alone") << "training_domain" << 0;
        QTest::newRow("oracle_ood") << "oracle_ood" << 2;
        QTest::newRow("ood_val") << "ood_val" << 0;
    }

    void reportsTheCandidateOfARule() {
        QFETCH(QString, rule);
        QFETCH(int, epoch);
        const Folder folder;
        RunStore store(folder.path("s"));
        const auto id = store.beginRun(newRun());
        const bool isPartial = QByteArray(QTest::currentDataTag()).contains("some candidates");
        const double idVal[] = {0.9, 0.8, 0.9}, sketch[] = {0.1, 0.7, 0.3}, nll[] = {1, 1, 2},
                     photo[] = {0.6, 0.5, 0.7};
        std::vector<std::int64_t> candidates;
        for (int i = 0; i < 3; ++i) {
            const std::string others = isPartial && i == 2 ? "photo" : "cartoon";
            candidates.push_back(store.addCandidate(id, {.epoch = i + 1,
                                                         .metrics = {{"id_val", "", "accuracy", idVal[i], 1},
                                                                     {"id_val", "", "nll", nll[i], 1},
                                                                     {"id_val", "photo", "accuracy", photo[i], 1},
                                                                     {"id_val", others, "accuracy", 0.5, 9},
                                                                     {"ood_test/sketch", "", "accuracy", sketch[i], 1},
                                                                     {"ood_test/sketch", "", "nll", 1.0, 1}}}));
        }
        store.endRun(id, {.pickedCandidate = candidates[1]});
        const auto wanted = rule.isEmpty() ? std::nullopt : std::optional(candidateRuleNamed(rule.toStdString()));
        const auto run = store.runs(wanted).front();
        QVERIFY(run.rule == wanted && run.pickedCandidate == candidates[1]);
        if (epoch == 0) {
            QVERIFY(!run.reportedCandidate && run.metrics.empty());
            return;
        }
        QVERIFY(run.reportedCandidate == candidates[static_cast<std::size_t>(epoch - 1)]);
        QVERIFY(run.metrics[4].value == sketch[epoch - 1]);
    }

    void keepsWhatARunCosts() {
        const Folder folder;
        RunStore store(folder.path("s"));
        const auto measured = store.beginRun(newRun()), bare = store.beginRun(newRun());
        store.endRun(measured, {.efficiency = {.trainingFlops = 1e15,
                                               .inferenceFlopsPerSample = 2.5e9,
                                               .inferenceSecondsPerSample = 0.004,
                                               .inferencePeakBytes = 1e8,
                                               .backboneFlopsPerSample = 2e9,
                                               .backboneSecondsPerSample = 0.003,
                                               .backbonePeakBytes = 9e7,
                                               .tuningTrials = 8}});
        store.endRun(bare, {.efficiency = {.trainingFlops = std::nan("")}});
        const Efficiency kept = store.run(measured)->efficiency;
        QVERIFY(kept.trainingFlops == 1e15 && kept.inferenceFlopsPerSample == 2.5e9);
        QVERIFY(kept.inferenceSecondsPerSample == 0.004 && kept.inferencePeakBytes == 1e8);
        QVERIFY(kept.backboneFlopsPerSample == 2e9 && kept.backboneSecondsPerSample == 0.003);
        QVERIFY(kept.backbonePeakBytes == 9e7 && kept.tuningTrials == 8);
        const Efficiency none = store.run(bare)->efficiency;
        QVERIFY(!none.trainingFlops && !none.tuningTrials && !none.inferencePeakBytes);
    }

    void bringsAVersion1StoreUpToDate_data() {
        QTest::addColumn<bool>("reads");
        QTest::newRow("to write") << false;
        QTest::newRow("to read") << true;
    }

    void bringsAVersion1StoreUpToDate() {
        QFETCH(bool, reads);
        const Folder folder;
        const auto file = folder.path("s");
        {
            const auto old = openStoreForWriting(file, storeMigrations().first(1));
            old->exec("INSERT INTO study(id, name, created, sealed) VALUES(1, 'early', 5, 1)");
            old->exec("INSERT INTO cell VALUES('c', 'x')");
            old->exec("INSERT INTO run(id, study, cell, name, method, taps, seed, spec, state, started, owner_pid, "
                      "owner_start, owner_boot) VALUES(1, 1, 'c', 'old', 'levi', '', 0, '{}', 'done', 1, 1, 1, '')");
            old->exec("INSERT INTO candidate VALUES(1, 1, 'epoch', 1, 1, 0.5, 1), (2, 1, 'epoch', 2, 2, 0.5, 1)");
            old->exec("INSERT INTO test_metric VALUES(1, 1, 'id_test', '', 'accuracy', 0.5, 10)");
            old->exec("UPDATE run SET picked = 1, weights_sha256 = 'w'");
        }
        const RunStore store(file, reads ? RunStore::Access::Read : RunStore::Access::Write);
        const auto run = store.run(1);
        QCOMPARE(run->name, std::string("old"));
        QVERIFY(run->sealed && run->metrics.size() == 1 && !run->metrics[0].value);
        QCOMPARE(run->study, std::string("early"));
        QVERIFY(!run->efficiency.trainingFlops);
        QVERIFY(store.study("early")->plan.rule == CandidateRule::IdVal);
        QVERIFY(store.study("early")->plan.endpoint == Endpoint::EveryRole);
        QCOMPARE(SQLite::Database(file.string()).execAndGet("PRAGMA user_version").getInt(), 6);
        const auto candidates = store.candidates(1);
        QVERIFY(candidates[0].weightsSha256 == "w" && candidates[1].weightsSha256.empty()); // those of the picked one
        QCOMPARE(SQLite::Database(file.string() + ".v1.bak").execAndGet("PRAGMA user_version").getInt(), 1);
    }
};

LEVI_TEST(TestStudies)
#include "tst_studies.moc"
