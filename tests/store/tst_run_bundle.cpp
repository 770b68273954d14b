// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/spec/spec_hash.h"
#include "core/spec/spec_json.h"
#include "core/store/run_bundle.h"
#include "tests/store/made_bundles.h"
#include "tests/support/test_main.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <QTest>

#include <functional>
#include <set>

using namespace levi;
using namespace levi::test;

namespace {

namespace fs = std::filesystem;

std::string everythingIn(const fs::path& folder) {
    std::string text;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file()) text += entry.path().filename().string() + "\n" + readFile(entry.path());
    return text;
}

} // namespace

class TestRunBundle : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void bringsEverythingOver() {
        const Folder folder;
        RunStore from(folder.path("from"));
        from.createStudy(
            {.name = "main",
             .question = "?",
             .family = {{"LEVI", "probe"}, {.candidate = "LEVI", .baseline = "LoRA", .isExploratory = true}},
             .endpoint = Endpoint::OodMean,
             .seeds = {0, 1},
             .margin = 0.01},
            true);
        const auto parent = addRun(from, {.seed = 0, .study = "main"});
        addRun(from, {.seed = 1, .learningRate = 1e-4, .parents = {parent}});
        from.unseal("main", "all are there");
        from.addLook("main", "levi table");
        from.beginRun(newRun("unfinished"));
        const auto written = exportBundle(from, folder.path("bundle"));
        QCOMPARE(written.runs, std::size_t{2});
        QCOMPARE(written.unfinished, std::size_t{1});
        QCOMPARE(written.studies, std::vector<std::string>{"main"});

        RunStore to(folder.path("to"));
        addRun(to, {.seed = 5, .learningRate = 0.5}); // so that ids differ
        const auto brought = importBundle(to, folder.path("bundle"));
        QCOMPARE(brought.runs, std::size_t{2});
        QCOMPARE(brought.known, std::size_t{0});
        const auto runs = to.runs();
        QCOMPARE(runs.size(), std::size_t{3});
        const auto first = *std::ranges::find(runs, std::string("main"), &RunSummary::study);
        const auto original = *from.run(parent);
        QCOMPARE(first.cell, original.cell);
        QCOMPARE(first.seed, original.seed);
        QVERIFY(first.state == RunState::Done && first.startedUnixSeconds == original.startedUnixSeconds);
        QVERIFY(first.seconds == 12.5 && first.efficiency.trainingFlops == 1e15 && !first.efficiency.tuningTrials);
        QCOMPARE(first.metrics.size(), original.metrics.size());
        const auto accuracyOf = [](const RunStore& store, const RunSummary& run, CandidateRule rule) {
            return store.run(run.id, rule)->metrics.front().value;
        };
        QVERIFY(accuracyOf(to, first, CandidateRule::Last) == 0.1 + 0.2 * 3); // every candidate came along
        QVERIFY(accuracyOf(to, first, CandidateRule::Last) == accuracyOf(from, original, CandidateRule::Last));
        const auto child = *std::ranges::find(runs, std::uint64_t{1}, &RunSummary::seed);
        QCOMPARE(child.parents, std::vector<std::int64_t>{first.id});
        QCOMPARE(to.candidates(first.id)[0].metrics.size(), std::size_t{4}); // of the other candidates what rules read
        QCOMPARE(to.candidates(first.id)[1].metrics.size(), std::size_t{6});
        const auto study = *to.study("main");
        QVERIFY(!study.sealed && study.plan.margin == 0.01 && study.unsealedReason == "all are there");
        QVERIFY(study.plan.endpoint == Endpoint::OodMean && study.plan.family == from.study("main")->plan.family);
        QCOMPARE(study.looks.size(), std::size_t{2});
        QVERIFY(study.looks[0].kind == "unsealed" && study.looks[1].kind == "read");
        QCOMPARE(study.looks[1].text, std::string("levi table"));
        QVERIFY(study.createdUnixSeconds == from.study("main")->createdUnixSeconds);
    }

    // A worst group was measured on fewer rows than the role that it is of.
    void keepsTheRowsOfEachFigure() {
        const Folder folder;
        RunStore from(folder.path("from")), to(folder.path("to"));
        const ExperimentSpec spec;
        auto made = newRun();
        made.specJson = toJson(spec, true).dump();
        made.canonicalText = canonicalText(spec, {});
        made.cell = cellKey(spec, {});
        const auto run = from.beginRun(made);
        const CandidateRecord one{.metrics = {{"id_test", "", "accuracy", 0.9, 100},
                                              {"id_test", "", "worst_group", 0.5, 7},
                                              {"id_test", "", "accuracy/place:1 y:0.5", std::nullopt, 0},
                                              {"id_test", "photo", "accuracy", 0.5, 40}}};
        from.endRun(run, {.pickedCandidate = from.addCandidate(run, one)});
        exportBundle(from, folder.path("bundle"));
        importBundle(to, folder.path("bundle"));
        std::set<std::string> figures;
        const auto runs = to.runs();
        for (const MetricRow& row : runs.front().metrics)
            figures.insert(fmt::format("{} {} {}", row.domain, row.metric, row.count));
        QCOMPARE(QString::fromStdString(fmt::format("{}", fmt::join(figures, ", "))),
                 QStringLiteral(" accuracy 100,  accuracy/place:1 y:0.5 0,  worst_group 7, photo accuracy 40"));
    }

    void tellsNothingOfTheMachine() {
        const Folder folder;
        RunStore store(folder.path("s"));
        addRun(store, {});
        exportBundle(store, folder.path("bundle"));
        const std::string text = everythingIn(folder.path("bundle"));
        for (const char* secret : {"/home", "secret", "/usr/bin", "host"})
            QVERIFY2(text.find(secret) == std::string::npos, secret);
        QVERIFY(text.find("pacs.zip") != std::string::npos &&
                text.find("GNU 12 at g++\\ncache=f 1/2") != std::string::npos);
    }

    void bringsInOnlyWhatIsMissing() {
        const Folder folder;
        RunStore store(folder.path("s"));
        addRun(store, {.seed = 0});
        addRun(store, {.seed = 0}); // again: the newer one is written
        addRun(store, {.seed = 1});
        addRun(store, {.seed = 1, .numerics = "2"}); // another version of the numerics is another run
        QCOMPARE(exportBundle(store, folder.path("bundle")).runs, std::size_t{3});
        const auto again = importBundle(store, folder.path("bundle"));
        QCOMPARE(again.runs, std::size_t{0});
        QCOMPARE(again.known, std::size_t{3});
        RunStore other(folder.path("o"));
        addRun(other, {.seed = 1});
        const auto brought = importBundle(other, folder.path("bundle"));
        QCOMPARE(brought.runs, std::size_t{2});
        QCOMPARE(brought.known, std::size_t{1});
        QCOMPARE(importBundle(other, folder.path("bundle")).runs, std::size_t{0});
    }

    void writesTheSameTextTwice() {
        const Folder folder;
        RunStore store(folder.path("s"));
        for (const std::uint64_t seed : {3, 1, 2})
            addRun(store, {.seed = seed});
        exportBundle(store, folder.path("a"));
        RunStore copy(folder.path("c"));
        importBundle(copy, folder.path("a"));
        exportBundle(copy, folder.path("b"));
        QCOMPARE(QString::fromStdString(everythingIn(folder.path("b"))),
                 QString::fromStdString(everythingIn(folder.path("a"))));
        writeFileAtomically(folder.path("b") / "settings" / "0000000000000000.jsonl", "stale");
        exportBundle(copy, folder.path("b"));
        QCOMPARE(everythingIn(folder.path("b")), everythingIn(folder.path("a")));
    }

    void keepsTheSeal() {
        const Folder folder;
        RunStore store(folder.path("s"));
        store.createStudy({.name = "main"}, true);
        addRun(store, {.study = "main"});
        QVERIFY(errorOf([&] { exportBundle(store, folder.path("b"), {.study = "main"}); }).find("is sealed") !=
                std::string::npos);
        QVERIFY(errorOf([&] { exportBundle(store, folder.path("b")); }).find("are sealed") != std::string::npos);
        QVERIFY(!fs::exists(folder.path("b")));
        addRun(store, {.seed = 1});
        const auto report = exportBundle(store, folder.path("b"));
        QCOMPARE(report.runs, std::size_t{1});
        QCOMPARE(report.sealed, std::size_t{1});
        QVERIFY(readFile(onlySetting(folder.path("b"))).find("\"seed\":0") == std::string::npos);
    }

    void takesOnlyTheRunsOfAStudy() {
        const Folder folder;
        RunStore store(folder.path("s"));
        store.createStudy({.name = "main"});
        addRun(store, {.seed = 0, .study = "main"});
        addRun(store, {.seed = 1});
        QCOMPARE(exportBundle(store, folder.path("b"), {.study = "main"}).runs, std::size_t{1});
        QVERIFY(!errorOf([&] { exportBundle(store, folder.path("b"), {.study = "x"}); }).empty());
    }

    void keepsTheNamesOfAStudy() {
        const Folder folder;
        RunStore from(folder.path("from")), to(folder.path("to"));
        from.createStudy({.name = "main"});
        from.assign(addRun(from, {.seed = 0}), "main", "Mine");
        addRun(from, {.seed = 1, .study = "main"});
        exportBundle(from, folder.path("b"));
        importBundle(to, folder.path("b"));
        const auto runs = to.runs();
        QCOMPARE(settingName(runs[0]), std::string("Mine"));
        QCOMPARE(runs[0].name, std::string("LEVI"));
        QCOMPARE(settingName(runs[1]), std::string("LEVI"));
        QCOMPARE(readFile(onlySetting(folder.path("b"))).find("name_in_study"),
                 readFile(onlySetting(folder.path("b"))).rfind("name_in_study")); // of the one that has it
    }

    void leavesOtherFoldersAlone() {
        const Folder folder;
        RunStore store(folder.path("s"));
        addRun(store, {});
        writeFileAtomically(folder.path("mine") / "thesis.tex", "precious");
        QVERIFY(errorOf([&] { exportBundle(store, folder.path("mine")); }).find("not empty") != std::string::npos);
        QVERIFY(!fs::exists(folder.path("mine") / "bundle.json"));
    }

    // A bundle of one study need not hold the parents that belong to another one.
    void takesDerivedRunsWithoutTheirParents() {
        const Folder folder;
        RunStore from(folder.path("from")), to(folder.path("to"));
        from.createStudy({.name = "main"});
        addRun(from, {.seed = 1, .study = "main", .parents = {addRun(from, {.learningRate = 1e-4})}});
        exportBundle(from, folder.path("b"), {.study = "main"});
        const auto brought = importBundle(to, folder.path("b"));
        QVERIFY(brought.runs == 1 && brought.withoutParents == 1);
        QVERIFY(to.runs().front().parents.empty());
    }

    // A bundle that does not bring the study itself does not get past its seal either.
    void bringsNothingIntoASealedStudy() {
        const Folder folder;
        RunStore from(folder.path("from")), to(folder.path("to"));
        from.createStudy({.name = "main"}, false);
        addRun(from, {.study = "main"});
        exportBundle(from, folder.path("b"));
        writeFileAtomically(folder.path("b") / "studies.jsonl", "");
        to.createStudy({.name = "main"}, true);
        const auto error = errorOf([&] { importBundle(to, folder.path("b")); });
        QVERIFY2(error.find("is sealed") != std::string::npos, error.c_str());
        QVERIFY(to.runs().empty());
    }

    void keepsFiguresByDomainOfEveryCandidate_data() {
        QTest::addColumn<QString>("metric");
        for (const char* metric : {"accuracy", "rmse"})
            QTest::newRow(metric) << QString::fromLatin1(metric);
    }

    void keepsFiguresByDomainOfEveryCandidate() {
        QFETCH(QString, metric);
        const Folder folder;
        RunStore from(folder.path("from")), to(folder.path("to"));
        addRun(from, {.metric = metric.toStdString()});
        exportBundle(from, folder.path("b"));
        importBundle(to, folder.path("b"));
        const auto candidates = to.candidates(to.runs().front().id);
        QVERIFY(candidates.size() > 1);
        for (const CandidateRecord& one : candidates)
            QVERIFY(std::ranges::any_of(one.metrics, [&](const MetricRow& row) {
                return row.metric == metric.toStdString() && !row.domain.empty();
            }));
    }

    void refusesOtherFoldersAndLinks() {
        const Folder folder;
        RunStore store(folder.path("s"));
        addRun(store, {});
        QVERIFY(!errorOf([&] { importBundle(store, folder.path("absent")); }).empty());
        exportBundle(store, folder.path("b"));
        writeFileAtomically(folder.path("b") / "bundle.json", R"({"format": "levi bundle 9"})");
        QVERIFY(errorOf([&] { importBundle(store, folder.path("b")); }).find("of this version") != std::string::npos);
        exportBundle(store, folder.path("b"));
        const auto file = onlySetting(folder.path("b"));
        fs::rename(file, folder.path("elsewhere"));
        fs::create_symlink(folder.path("elsewhere"), file);
        QVERIFY(errorOf([&] { importBundle(store, folder.path("b")); }).find("symbolic link") != std::string::npos);
    }

    void refusesAStudyThatStatesSomethingElse() {
        const Folder folder;
        RunStore store(folder.path("s")), other(folder.path("o")), sealed(folder.path("t"));
        store.createStudy({.name = "main", .question = "a"});
        addRun(store, {.study = "main"});
        exportBundle(store, folder.path("b"));
        other.createStudy({.name = "main", .question = "b"});
        QVERIFY(errorOf([&] { importBundle(other, folder.path("b")); }).find("something else") != std::string::npos);
        sealed.createStudy({.name = "main", .question = "a"}, true);
        QVERIFY(errorOf([&] { importBundle(sealed, folder.path("b")); }).find("is sealed") != std::string::npos);
        QVERIFY(other.runs().empty() && sealed.runs().empty());
    }
};

LEVI_TEST(TestRunBundle)
#include "tst_run_bundle.moc"
