// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/store/domainbed_sweep.h"
#include "tests/store/made_runs.h"
#include "tests/support/test_main.h"

#include <QTest>

using namespace levi;
using namespace levi::test;

namespace {

const QByteArray kGood = R"({"args": {"algorithm": "ERM", "dataset": "PACS", "hparams_seed": 1, "test_envs": [1], )"
                         R"("trial_seed": 2}, "env0_in_acc": 0.5, "env0_out_acc": 0.25, "env1_in_acc": 1, )"
                         R"("env1_out_acc": 0.75, "loss": NaN, "step": 300})";

QByteArray without(const char* part, const char* instead = "") {
    QByteArray line = kGood;
    return line.replace(part, instead);
}

std::filesystem::path writeRun(const Folder& folder, const QByteArray& lines, const char* name = "run") {
    const auto file = folder.path("sweep") / name / "results.jsonl";
    writeFileAtomically(file, lines.toStdString());
    return file;
}

QString errorOf(const std::filesystem::path& sweep) {
    try {
        readDomainBedSweep(sweep);
    } catch (const Error& error) {
        return QString::fromUtf8(error.what());
    }
    return {};
}

} // namespace

class TestDomainBedSweep : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsRecords() {
        const Folder folder;
        writeRun(folder, kGood + "\n" + without("300", "600") + "\n", "b");
        writeRun(folder, kGood, "a"); // no line break at the end
        writeFileAtomically(folder.path("sweep") / "a" / "done", "done");
        writeFileAtomically(folder.path("sweep") / "c" / "out.txt", "started");
        writeFileAtomically(folder.path("sweep") / "results.txt", "not a folder");
        const DomainBedSweep sweep = readDomainBedSweep(folder.path("sweep"));
        QCOMPARE(sweep.runs, 2);
        QCOMPARE(sweep.unfinishedRuns, 1);
        QCOMPARE(sweep.emptyFolders, 1);
        QCOMPARE(sweep.records.size(), std::size_t{3});
        const SweepRecord& last = sweep.records.back();
        QCOMPARE(last.dataset + last.algorithm, std::string("PACSERM"));
        QCOMPARE(last.testEnvs, std::vector{1});
        QCOMPARE(last.trialSeed * 10 + last.hparamsSeed, 21);
        QCOMPARE(last.step, 600.0);
        QCOMPARE(last.inAccuracy, (std::vector{0.5, 1.0}));
        QCOMPARE(last.outAccuracy, (std::vector{0.25, 0.75}));
    }

    void refusesRunsThatPredictNumbers() {
        const Folder folder;
        RunStore store(folder.path("store"));
        const auto run = store.beginRun(newRun("Ridge"));
        CandidateRecord one{.metrics = {{"id_val", "", "rmse", 0.5, 10}, {"ood_test/north", "", "rmse", 0.7, 10}}};
        store.endRun(run, {.pickedCandidate = store.addCandidate(run, one)});
        try {
            writeDomainBedSweep(store, folder.path("out"), "");
            QFAIL("wrote RMSE as accuracy");
        } catch (const Error& error) {
            QVERIFY2(QByteArray(error.what()).contains("predicts numbers"), error.what());
        }
    }

    void refusesBrokenLines_data() {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QString>("words");
        const auto row = [](const char* name, const QByteArray& line, const char* words) {
            QTest::newRow(name) << line << QString::fromUtf8(words);
        };
        row("no JSON", "hello", "is no JSON");
        row("cut off", kGood.left(60), "is the line cut off?");
        row("empty", "", "is no JSON");
        row("a list", "[1]", "is no JSON object");
        row("deep", QByteArray(500'000, '['), "is nested more than 64 deep");
        row("no args", R"({"step": 1})", "'args' is missing");
        row("args is a text", R"({"args": "x"})", "'args' is no object");
        row("no data set", without(R"("dataset": "PACS",)"), "'args.dataset' is missing");
        row("no trial", without(R"(, "trial_seed": 2)"), "'args.trial_seed' is missing");
        row("trial is a text", without(": 2}", ": \"2\"}"), "'args.trial_seed' is no whole number");
        row("trial is too large", without(": 2}", ": 18446744073709551615}"), "'args.trial_seed' is no whole number");
        row("no step", without(R"(, "step": 300)"), "'step' is missing");
        row("step is NaN", without("300", "NaN"), "'step' is no finite number");
        row("no accuracy", without("env0_out_acc", "env9_out_acc"), "'env0_out_acc' is missing");
        row("one of two", without("env1_in_acc", "x"), "'env1_in_acc' is missing");
        row("accuracy is infinite", without("0.75", "-Infinity"), "'env1_out_acc' is no finite number");
        row("test_envs is a number", without("[1]", "1"), "'args.test_envs' is no list");
        row("test_envs is empty", without("[1]", "[]"), "'args.test_envs' is empty");
        row("a test environment beyond", without("[1]", "[2]"), "there are 2");
        row("a negative one", without("[1]", "[-1]"), "there are 2");
        row("one twice", without("[1]", "[1, 1]"), "names environment 1 twice");
        row("too long", QByteArray((1 << 20) + 1, ' '), "is longer than 1048576 bytes");
        row("another number of environments", without("env1_out_acc", "x").replace("[1]", "[0]"), "other records");
        row("zero bytes", QByteArray(100, '\0'), "is no JSON");
    }

    void refusesBrokenLines() {
        QFETCH(QByteArray, line);
        QFETCH(QString, words);
        const Folder folder;
        const auto file = writeRun(folder, kGood + "\n" + line + "\n" + kGood + "\n");
        const QString error = errorOf(folder.path("sweep"));
        QVERIFY2(error.contains(words), qPrintable(error));
        QVERIFY2(error.startsWith(QString::fromStdString(file.string()) + ":2: "), qPrintable(error));
    }

    void refusesOtherFolders() {
        const Folder folder;
        QVERIFY(errorOf(folder.path("absent")).contains("absent"));
        std::filesystem::create_directories(folder.path("sweep") / "run");
        QVERIFY(errorOf(folder.path("sweep")).contains("results.jsonl"));
        const auto file = writeRun(folder, kGood);
        QVERIFY(!errorOf(file).isEmpty());
        std::filesystem::create_directories(folder.path("sweep") / "z" / "results.jsonl");
        QVERIFY(errorOf(folder.path("sweep")).contains("is no file"));
    }

    void writesRunsAsASweep() {
        const Folder folder;
        RunStore store(folder.path("s"));
        const auto add = [&](const char* cell, std::uint64_t seed, double shift, RunState state = RunState::Done) {
            NewRun run = newRun("LEVI", seed);
            run.cell = cell;
            run.specJson = R"({"data": {"kind": "image_folder", "path": "/x/PACS.zip"}})";
            const auto id = store.beginRun(run);
            for (int epoch = 1; epoch <= 2; ++epoch)
                store.addCandidate(id, {.epoch = epoch,
                                        .step = epoch * 100,
                                        .metrics = {{"train", "photo", "accuracy", 0.9, 9},
                                                    {"id_val", "photo", "accuracy", 0.8 + shift, 9},
                                                    {"id_val", "", "accuracy", 0.1, 9},
                                                    {"id_test", "art", "accuracy", 0.7, 9},
                                                    {"id_val", "art", "accuracy", 0.6 + 0.01 * epoch, 9},
                                                    {"ood_test/sketch", "", "accuracy", 0.3 + 0.1 * epoch, 9},
                                                    {"ood_test/sketch", "sketch", "accuracy", 0.0, 9}}});
            store.endRun(id, {.state = state});
        };
        add("1111111111111111", 0, 0);
        add("2222222222222222", 0, 0.05); // other hyper-parameters of the same method
        add("1111111111111111", 4, 0);
        add("1111111111111111", 5, 0, RunState::Failed);
        QCOMPARE(writeDomainBedSweep(store, folder.path("sweep")), 3);
        const DomainBedSweep sweep = readDomainBedSweep(folder.path("sweep"));
        QCOMPARE(sweep.runs, 3);
        QCOMPARE(sweep.unfinishedRuns, 0);
        const SweepRecord& last = sweep.records.back(); // of the second cell
        QCOMPARE(last.dataset, std::string("PACS"));
        QCOMPARE(last.algorithm, std::string("LEVI"));
        QCOMPARE(last.testEnvs, std::vector{2}); // art, photo, sketch
        QCOMPARE(last.hparamsSeed, 1);
        QCOMPARE(last.inAccuracy, (std::vector{0.7, 0.9, 0.3 + 0.1 * 2}));
        QCOMPARE(last.outAccuracy, (std::vector{0.6 + 0.01 * 2, 0.8 + 0.05, 0.3 + 0.1 * 2}));
        const auto groups = selectFromSweep(sweep.records, SweepRule::TrainingDomain);
        QCOMPARE(groups.size(), std::size_t{2}); // seeds 0 and 4
        QCOMPARE(groups[1].trialSeed, 4);
        QCOMPARE(groups[0].accuracy, std::optional(0.5));
        for (const SweepRule rule : {SweepRule::TrainingDomain, SweepRule::LeaveOneDomainOut, SweepRule::Oracle}) {
            const auto direct = selectFromSweep(domainBedSweep(store).records, rule),
                       read = selectFromSweep(sweep.records, rule);
            QCOMPARE(direct.size(), read.size());
            for (std::size_t i = 0; i < read.size(); ++i)
                QVERIFY(direct[i].accuracy == read[i].accuracy && direct[i].trialSeed == read[i].trialSeed);
        }
        QVERIFY_EXCEPTION_THROWN(domainBedSweep(store, "nothing"), Error);
        QVERIFY_EXCEPTION_THROWN(writeDomainBedSweep(store, folder.path("sweep")), Error); // not empty
        QVERIFY_EXCEPTION_THROWN(writeDomainBedSweep(store, folder.path("other"), "nothing"), Error);
    }

    void followsNoLinks_data() {
        QTest::addColumn<QString>("link");
        QTest::newRow("a folder") << "link";
        QTest::newRow("a file") << "linked/results.jsonl";
    }

    void followsNoLinks() {
        QFETCH(QString, link);
        const Folder folder;
        const auto file = writeRun(folder, kGood);
        const auto path = folder.path("sweep") / link.toStdString();
        std::filesystem::create_directories(path.parent_path());
        std::filesystem::create_symlink(link.contains('/') ? file : file.parent_path(), path);
        const QString error = errorOf(folder.path("sweep"));
        QVERIFY2(error.startsWith(QString::fromStdString(path.string())), qPrintable(error));
        QVERIFY(error.contains("symbolic link"));
    }
};

LEVI_TEST(TestDomainBedSweep)
#include "tst_domainbed_sweep.moc"
