// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/base/stopped.h"
#include "core/jobs/engine_loader.h"
#include "core/jobs/run_recorder.h"
#include "core/jobs/sweep_runs.h"
#include "core/report/store_rows.h"
#include "tests/jobs/executed.h"
#include "tests/support/fake_engine.h"
#include "tests/support/test_main.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace levi;
using namespace levi::test;

namespace {

constexpr double kFails = 1e-3; // a learning rate whose runs fail

// The larger the learning rate, the better on id_val.
RunResult run(const RunRequest& request, RunObserver& observer, std::stop_token) {
    const double rate = request.spec.train.learningRate;
    if (rate == kFails) return {.state = RunState::Failed, .message = "diverged"};
    return doneWith(rate, request, observer);
}

Sweep sweepOf(const char* rest) {
    const Json base = {{"data", {{"kind", "demo_world"}}},
                       {"backbone", {{"path", "resource:demo_vit"}}},
                       {"method", {{"kind", "specialist"}}}};
    Json json = Json::parse(rest);
    json["base"] = base;
    SweepRead read = sweepFromJson(json, ".");
    if (!read.problems.empty()) throw Error("{}: {}", read.problems.front().path, read.problems.front().message);
    return std::move(read.sweep);
}

std::vector<double> ratesOf(const SweepRuns& runs) {
    std::vector<double> rates;
    for (const ExperimentSpec& spec : runs.pending)
        rates.push_back(spec.train.learningRate);
    return rates;
}

} // namespace

// A sweep on a store: what is left of it, round by round, and what it would cost.
class TestSweepRuns : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    std::filesystem::path m_store;

    SweepRuns begin(const Sweep& sweep, const std::string& study = {}, const TriedRuns& tried = {}) const {
        RunStore store(m_store);
        return beginSweep(store, engine(), sweep, study, tried);
    }
    void execute(const SweepRuns& runs) const { test::execute(m_store, runs.pending); }

private Q_SLOTS:
    void init() {
        m_folder = std::make_unique<QTemporaryDir>();
        m_store = m_folder->filePath(QStringLiteral("store.sqlite")).toStdString();
        setEngineForTests(std::make_shared<FakeEngine>(run));
    }
    void cleanup() { setEngineForTests(nullptr); }

    void roundsFollowEachOther() {
        const Sweep sweep = sweepOf(R"({"seeds": "0,1", "grid": {"train.learning_rate": [0.1, 0.4, 0.2, 0.3]},
                                        "halving": {"epochs": [1, 2, 5], "keep": 0.5}})");
        const SweepRuns first = begin(sweep);
        QCOMPARE(first.rounds, std::size_t{3});
        QCOMPARE(first.round, std::size_t{0});
        QCOMPARE(first.pending.size(), std::size_t{8});
        QCOMPARE(first.pending.front().train.epochs, std::int64_t{1});
        QCOMPARE(first.tuningTrials.at("specialist"), 4.0);
        execute(first);
        const SweepRuns second = begin(sweep);
        QCOMPARE(second.round, std::size_t{1});
        QCOMPARE(ratesOf(second), (std::vector<double>{0.4, 0.4, 0.3, 0.3})); // the better half, both seeds
        QCOMPARE(second.pending.front().train.epochs, std::int64_t{2});
        execute(second);
        const SweepRuns third = begin(sweep);
        QCOMPARE(ratesOf(third), (std::vector<double>{0.4, 0.4}));
        QCOMPARE(third.pending.front().train.epochs, std::int64_t{5});
        execute(third);
        const SweepRuns last = begin(sweep);
        QVERIFY(last.pending.empty());
        QCOMPARE(last.finished, std::size_t{2});
    }

    // Nobody waits for ever for what failed: tried once, it is dropped, and asked for again by the next start.
    void whatFailedIsGivenUp() {
        const Sweep sweep = sweepOf(R"({"grid": {"train.learning_rate": [0.1, 1e-3]},
                                        "halving": {"epochs": [1, 2], "keep": 0.9}})");
        const SweepRuns first = begin(sweep);
        execute(first);
        QCOMPARE(ratesOf(begin(sweep)), std::vector<double>{kFails});
        TriedRuns tried;
        for (const ExperimentSpec& spec : first.pending)
            tried.emplace(runName(spec), spec.seed);
        const SweepRuns second = begin(sweep, {}, tried);
        QCOMPARE(second.round, std::size_t{1});
        QCOMPARE(ratesOf(second), std::vector<double>{0.1});
    }

    void runsJoinTheStudy() {
        const Sweep sweep = sweepOf(R"({"seeds": "0..2", "grid": {"train.learning_rate": [0.1, 0.2]}})");
        execute(begin(sweepOf(R"({"seeds": "0", "grid": {"train.learning_rate": [0.1, 0.2]}})")));
        {
            RunStore store(m_store);
            store.createStudy({.name = "open", .question = "?"}, false);
            store.createStudy({.name = "closed", .question = "?"}, true);
            store.createStudy({.name = "numbers", .question = "?", .metric = "rmse"}, false);
        }
        QCOMPARE(begin(sweep, "closed").pending.size(), std::size_t{6}); // whose figures were open count for no seal
        const SweepRuns runs = begin(sweep, "open");
        QCOMPARE(runs.pending.size(), std::size_t{4});
        QCOMPARE(runs.finished, std::size_t{2});
        const auto stored = RunStore(m_store).runs();
        QVERIFY(std::ranges::all_of(stored, [](const RunSummary& one) { return one.study == "open"; }));
        QVERIFY(std::ranges::all_of(stored, [](const RunSummary& one) { return one.nameInStudy.empty(); }));
        QVERIFY_THROWS_EXCEPTION(Error, begin(sweep, "numbers"));
        QVERIFY_THROWS_EXCEPTION(Error, begin(sweep, "absent"));
    }

    void aStudyKnowsRunsByTheNamesOfItsList() {
        execute(begin(sweepOf(R"({"seeds": "0", "variants": [{"name": "Old", "train": {"learning_rate": 0.1}}]})")));
        RunStore(m_store).createStudy({.name = "open", .question = "?", .family = {{"A", "B"}}}, false);
        const Sweep sweep = sweepOf(R"({"seeds": "0", "variants": [{"name": "A", "train": {"learning_rate": 0.1}},
            {"name": "B", "train": {"learning_rate": 0.2}}]})");
        QCOMPARE(begin(sweep, "open").finished, std::size_t{1});
        const auto run = RunStore(m_store).runs().front();
        QVERIFY(run.name == "Old" && settingName(run) == "A");
        QCOMPARE(runTitle(run), std::string("A"));
    }

    void previewTellsWhatIsLeft() {
        const Sweep sweep = sweepOf(R"({"seeds": "0,1", "grid": {"train.learning_rate": [0.1, 0.2]}})");
        SweepRuns runs = begin(sweep);
        runs.pending.resize(1);
        execute(runs);
        const SweepPreview preview = previewOf(RunStore(m_store), engine(), sweep, "", {});
        QCOMPARE(preview.settings, std::size_t{2});
        QCOMPARE(preview.runs, std::size_t{4});
        QCOMPARE(preview.rows.size(), std::size_t{2});
        QCOMPARE(preview.rows.at(0).done, std::int64_t{1});
        QCOMPARE(preview.rows.at(1).done, std::int64_t{0});
        QCOMPARE(preview.rows.at(0).seeds, (std::vector<std::uint64_t>{0, 1}));
        QVERIFY(preview.rows.at(0).runSeconds > 0); // as the run took
        QCOMPARE(preview.rows.at(0).leftSeconds, preview.rows.at(0).runSeconds);
        QCOMPARE(preview.leftSeconds, preview.rows.at(0).leftSeconds + preview.rows.at(1).leftSeconds);
        QVERIFY(std::ranges::any_of(preview.notes, [](const std::string& note) {
            return note.starts_with("Not in this time: 1 of 2 settings");
        })); // the engine here knows no time either
        RunStore(m_store).createStudy({.name = "closed", .question = "?"}, true);
        const SweepPreview sealed = previewOf(RunStore(m_store), engine(), sweep, "closed", {});
        QCOMPARE(sealed.rows.at(0).done, std::int64_t{0}); // as a start would find it
        std::stop_source stop;
        stop.request_stop();
        QVERIFY_THROWS_EXCEPTION(Stopped, previewOf(RunStore(m_store), engine(), sweep, "", {}, stop.get_token()));
        RunStore store(m_store);
        QVERIFY_THROWS_EXCEPTION(Stopped, beginSweep(store, engine(), sweep, "", {}, stop.get_token()));
    }
};

LEVI_TEST(TestSweepRuns)
#include "tst_sweep_runs.moc"
