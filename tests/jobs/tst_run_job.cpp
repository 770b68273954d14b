// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/jobs/engine_loader.h"
#include "core/jobs/job_queue.h"
#include "core/jobs/parents.h"
#include "core/jobs/run_job.h"
#include "core/spec/spec_json.h"
#include "tests/support/fake_engine.h"
#include "tests/support/test_main.h"

#include <QTemporaryDir>
#include <QTest>

#include <stdexcept>

using namespace levi;
using namespace levi::test;

namespace {

ExperimentSpec specOf(const char* json) {
    return specFromText(json).spec;
}

const char* const kSpecialist = R"({"name": "Specialist", "seed": 4, "data": {"kind": "demo_world"},
                                    "method": {"kind": "specialist"}})";
const char* const kEnsemble = R"({"name": "Ensemble", "seed": 4,
                                  "method": {"kind": "output_ensemble", "parents": ["Specialist", "Probe"]}})";

RunResult goodRun(const RunRequest& request, RunObserver& observer, std::stop_token) {
    observer.logged({.level = "info", .text = "reading"});
    observer.resolved({.facts = {{"data.kind", "content"}},
                       .taps = "1-3",
                       .environment = {{"torch", "2.13"}, {"weights_fingerprint", "f"}}});
    for (int epoch = 1; epoch <= 3; ++epoch) {
        observer.stepped({.step = epoch, .epoch = static_cast<double>(epoch), .loss = 1.0 / epoch});
        observer.progressed({.phase = "training", .done = epoch, .total = 3});
        observer.evaluated({.epoch = epoch, .metrics = {{"id_val", "", "accuracy", epoch / 10.0, 10}}});
    }
    for (const char* name : {"predictions.safetensors", "weights.safetensors"})
        writeFileAtomically(request.artifactFolder / name, "p");
    return {.pickedIndex = 1,
            .backboneSamples = 5,
            .weightsSha256 = "w",
            .environment = {{"cache_key", "k"}},
            .artifacts = {{.kind = "predictions", .path = "predictions.safetensors", .sizeBytes = 1},
                          {.kind = "weights", .path = "weights.safetensors", .sizeBytes = 1}}};
}

ExperimentSpec tuned(const char* name, const char* method, const char* fromRun) {
    ExperimentSpec spec = specOf(R"({"data": {"kind": "demo_world"}, "backbone": {"path": "resource:demo_vit"}})");
    spec.name = name;
    setField(spec, "method.kind", method);
    setField(spec, "backbone.from_run", fromRun);
    return spec;
}

} // namespace

class TestRunJob : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    std::filesystem::path m_store;
    std::string m_study;
    std::function<bool()> m_isAbandoned;
    int m_ended = 0;

    void engineDoes(FakeEngine::Run run) { setEngineForTests(std::make_shared<FakeEngine>(std::move(run))); }

    // The outcome of one run, through a queue as the programs do it.
    JobView ran(const ExperimentSpec& spec, bool stopIt = false) {
        JobQueue queue;
        const auto id = queue.submit(makeRunJob(spec, {.storeFile = m_store,
                                                       .cacheFolder = "cache",
                                                       .group = "g",
                                                       .study = m_study,
                                                       .onEnded = [&](const RunSummary&) { ++m_ended; },
                                                       .isAbandoned = m_isAbandoned}));
        if (stopIt) {
            while (!queue.jobs().front().mailbox->look().run)
                QTest::qSleep(1);
            queue.stop(id);
        }
        queue.waitIdle(std::chrono::seconds(10));
        return queue.jobs().front();
    }

private Q_SLOTS:
    void init() {
        m_folder = std::make_unique<QTemporaryDir>();
        m_store = m_folder->filePath("s").toStdString();
        m_ended = 0;
        m_study.clear();
        m_isAbandoned = nullptr;
        engineDoes(goodRun);
    }
    void cleanup() { setEngineForTests(nullptr); }

    void writesARun() {
        const auto view = ran(specOf(kSpecialist));
        QCOMPARE(view.state, JobState::Done);
        QCOMPARE(view.title, std::string("Specialist, seed 4"));
        QCOMPARE(view.mailbox->look().losses.size(), std::size_t{3});
        QCOMPARE(view.mailbox->look().progress.done, 3);
        QCOMPARE(m_ended, 1);
        const RunStore store(m_store, RunStore::Access::Read);
        const auto run = store.run(*view.mailbox->look().run);
        QCOMPARE(run->state, RunState::Done);
        QCOMPARE(run->taps, std::string("1-3"));
        QCOMPARE(run->cell, cellKey(specOf(kSpecialist), {{"data.kind", "content"}}));
        QCOMPARE(run->metrics.front().value, std::optional(0.2));
        QVERIFY(run->seconds > 0 && run->peakMemoryBytes > 0);
        QCOMPARE(specFromText(run->specJson).spec.seed, std::uint64_t{4});
        QCOMPARE(store.log(run->id).front().text, std::string("reading"));
        QVERIFY(store.log(run->id).front().unixSeconds > 0);
        QVERIFY(std::filesystem::exists(store.artifactFolder() / store.artifacts(run->id).front().path));
        std::map<std::string, std::string> environment;
        for (const NamedText& text : store.environment(run->id))
            environment[text.name] = text.text;
        for (const char* name : {"levi_version", "git_revision", "torch", "cache_key"})
            QVERIFY2(!environment[name].empty(), name);
    }

    void keepsRunsThatGoWrong_data() {
        QTest::addColumn<QString>("deed");
        QTest::addColumn<QString>("message");
        QTest::newRow("the engine says so") << "result"
                                            << "photo: has no classes";
        QTest::newRow("the engine throws") << "throw"
                                           << "config.json: not valid JSON";
        QTest::newRow("the engine is missing") << "missing"
                                               << "The engine is missing";
        QTest::newRow("the spec is wrong") << "spec"
                                           << "data.path";
        QTest::newRow("a parent is absent") << "parent"
                                            << "parent 'Specialist': found no run";
    }

    void keepsRunsThatGoWrong() {
        QFETCH(QString, deed);
        QFETCH(QString, message);
        auto spec = specOf(kSpecialist);
        engineDoes([&](const RunRequest&, RunObserver&, std::stop_token) -> RunResult {
            if (deed == "throw") throw std::runtime_error("config.json: not valid JSON");
            return {.state = RunState::Failed, .message = "photo: has no classes"};
        });
        if (deed == "missing") {
            setEngineForTests(nullptr);
            qputenv("LEVI_ENGINE", "/nowhere/liblevi_engine.so");
        }
        if (deed == "spec") setField(spec, "data.kind", "image_folder");
        if (deed == "parent") spec = specOf(kEnsemble);
        const auto view = ran(spec);
        qunsetenv("LEVI_ENGINE");
        QCOMPARE(view.state, JobState::Failed);
        QVERIFY2(QString::fromStdString(view.message).contains(message), view.message.c_str());
        QCOMPARE(m_ended, 1);
        const RunStore store(m_store, RunStore::Access::Read);
        const auto run = store.runs().front();
        QCOMPARE(run.state, RunState::Failed);
        QCOMPARE(run.message, view.message);
        QCOMPARE(run.cell.size(), std::size_t{16});
        QVERIFY(std::filesystem::is_empty(store.artifactFolder()));
    }

    void keepsWhatAStoppedRunHas() {
        engineDoes([](const RunRequest&, RunObserver& observer, std::stop_token stop) -> RunResult {
            observer.evaluated({.epoch = 1, .metrics = {{"id_val", "", "accuracy", 0.5, 10}}});
            while (!stop.stop_requested())
                QTest::qSleep(1);
            return {.state = RunState::Cancelled, .message = "Stopped after epoch 1.", .pickedIndex = 0};
        });
        const auto view = ran(specOf(kSpecialist), true);
        QCOMPARE(view.state, JobState::Cancelled);
        const auto run = RunStore(m_store, RunStore::Access::Read).runs().front();
        QCOMPARE(run.state, RunState::Cancelled);
        QCOMPARE(run.message, std::string("Stopped after epoch 1."));
        QCOMPARE(run.metrics.front().value, std::optional(0.5));
    }

    void saysWhyItWasStopped_data() {
        QTest::addColumn<bool>("isAbandoned");
        QTest::addColumn<QString>("state");
        QTest::addColumn<QString>("message");
        QTest::newRow("on request") << false << "cancelled"
                                    << "Stopped on request";
        QTest::newRow("whoever started it is gone") << true << "interrupted"
                                                    << "The program that started it is gone.";
    }

    void saysWhyItWasStopped() {
        QFETCH(bool, isAbandoned);
        m_isAbandoned = [isAbandoned] { return isAbandoned; };
        engineDoes([](const RunRequest&, RunObserver& observer, std::stop_token stop) -> RunResult {
            observer.evaluated({.epoch = 1, .metrics = {{"id_val", "", "accuracy", 0.5, 10}}});
            while (!stop.stop_requested())
                QTest::qSleep(1);
            return {.state = RunState::Cancelled, .message = "Stopped on request", .pickedIndex = 0};
        });
        ran(specOf(kSpecialist), true);
        const auto run = RunStore(m_store, RunStore::Access::Read).runs().front();
        QTEST(QString::fromStdString(nameOf(run.state)), "state");
        QTEST(QString::fromStdString(run.message), "message");
        QCOMPARE(run.metrics.front().value, std::optional(0.5));
    }

    void handsParentsToTheEngine() {
        ran(specOf(kSpecialist));
        auto probe = specOf(kSpecialist);
        probe.name = "Probe";
        setField(probe, "specialist.width", 64);
        ran(probe);
        std::vector<ParentRun> given;
        engineDoes([&](const RunRequest& request, RunObserver& observer, std::stop_token stop) {
            given = request.parents;
            for (const ParentRun& parent : given)
                if (!std::filesystem::exists(parent.predictionsFile)) throw Error("no predictions");
            return goodRun(request, observer, stop);
        });
        const auto view = ran(specOf(kEnsemble));
        QCOMPARE(view.message, std::string());
        QCOMPARE(view.state, JobState::Done);
        QCOMPARE(given.size(), std::size_t{2});
        QCOMPARE(given[0].name, std::string("Specialist"));
        QCOMPARE(RunStore(m_store).runs().back().parents, (std::vector<std::int64_t>{1, 2}));
    }

    // Parents in a sealed study give their predictions to derive from, and what is derived is as sealed as they are.
    void keepsTheStudyOfARun() {
        RunStore(m_store).createStudy({.name = "main"}, true);
        m_study = "main";
        ran(specOf(kSpecialist));
        auto probe = specOf(kSpecialist);
        probe.name = "Probe";
        setField(probe, "specialist.width", 64);
        ran(probe);
        m_study.clear();
        QCOMPARE(ran(specOf(kEnsemble)).state, JobState::Done);
        const auto runs = RunStore(m_store).runs();
        QCOMPARE(runs[0].study, std::string("main"));
        QCOMPARE(runs[2].study, std::string());
        QVERIFY(runs[0].sealed && runs[2].sealed);
        m_study = "nothing";
        const auto view = ran(specOf(kSpecialist));
        QCOMPARE(view.state, JobState::Failed);
        QVERIFY2(QString::fromStdString(view.message).contains("no study 'nothing'"), view.message.c_str());
    }

    void keepsWhatItCosts() {
        engineDoes([](const RunRequest& request, RunObserver& observer, std::stop_token stop) {
            RunResult result = goodRun(request, observer, stop);
            result.efficiency.trainingFlops = 1e12;
            return result;
        });
        ran(specOf(kSpecialist));
        QVERIFY(RunStore(m_store).runs().front().efficiency.trainingFlops == 1e12);
    }

    // A backbone may have gone through several runs. The engine hears of all of them, oldest first; the cell's key
    // holds that of the last, which holds those before.
    void handsOnTheRunsOfABackbone() {
        ran(tuned("First", "full_fine_tuning", ""));
        ran(tuned("Second", "surgical", "First"));
        std::vector<ParentRun> given;
        engineDoes([&](const RunRequest& request, RunObserver& observer, std::stop_token stop) {
            given = request.parents;
            return goodRun(request, observer, stop);
        });
        const auto third = tuned("Third", "levi", "Second");
        const auto view = ran(third);
        QCOMPARE(view.message, std::string());
        QCOMPARE(given.size(), std::size_t{2});
        QCOMPARE(given[0].name, std::string("First"));
        QCOMPARE(given[1].spec.method.kind().key, std::string("surgical"));
        QVERIFY(std::filesystem::exists(given[1].weightsFile));
        QCOMPARE(given[1].weightsFingerprint, std::string("f"));
        const RunStore store(m_store);
        const auto runs = store.runs();
        QCOMPARE(runs[2].parents, std::vector<std::int64_t>{2});
        QCOMPARE(runs[2].cell, cellKey(third, {{"data.kind", "content"}, {"backbone.from_run", runs[1].cell}}));
        QCOMPARE(parentRuns(store, runs[2]).size(), std::size_t{2});
    }

    void refusesABackboneThatItsRunLeftAlone() {
        ran(tuned("Probe", "linear_probe", ""));
        const auto view = ran(tuned("Third", "levi", "Probe"));
        QCOMPARE(view.state, JobState::Failed);
        QVERIFY2(view.message.find("left its backbone as it was") != std::string::npos, view.message.c_str());
    }

    void findsParents_data() {
        QTest::addColumn<QString>("parent");
        QTest::addColumn<int>("seed");
        QTest::addColumn<qint64>("found"); // 0: an error that says:
        QTest::addColumn<QString>("said");
        QTest::newRow("by name, the newest of equals") << "A" << 0 << qint64{2} << "";
        QTest::newRow("by cell") << "bbbb1" << 0 << qint64{3} << "";
        QTest::newRow("by a whole key") << "bbbb111111111111" << 0 << qint64{3} << "";
        QTest::newRow("of another seed") << "A" << 1 << qint64{5} << "";
        QTest::newRow("a name before a cell") << "cccc" << 0 << qint64{8} << "";
        QTest::newRow("two cells of a name") << "Twice" << 0 << qint64{0} << "ambiguous";
        QTest::newRow("two cells of a prefix") << "bbbb" << 0 << qint64{0} << "ambiguous";
        QTest::newRow("too short a prefix") << "bbb" << 0 << qint64{0} << "found no run";
        QTest::newRow("absent") << "Z" << 0 << qint64{0} << "found no run";
        QTest::newRow("no such seed") << "A" << 7 << qint64{0} << "no run of seed 7";
        QTest::newRow("unfinished") << "Unfinished" << 0 << qint64{0} << "is failed, expected a finished one";
        QTest::newRow("hostile") << "' OR 1=1 --" << 0 << qint64{0} << "found no run";
    }

    void findsParents() {
        QFETCH(QString, parent);
        QFETCH(int, seed);
        QFETCH(qint64, found);
        QFETCH(QString, said);
        RunStore store(m_store);
        const auto add = [&](const char* name, const char* cell, std::uint64_t ofSeed,
                             RunState state = RunState::Done) {
            store.endRun(store.beginRun({.cell = cell, .name = name, .seed = ofSeed}), {.state = state});
        };
        add("A", "aaaa111111111111", 0);
        add("A", "aaaa111111111111", 0);
        add("B", "bbbb111111111111", 0);
        add("B2", "bbbb222222222222", 0);
        add("A", "aaaa111111111111", 1);
        add("Twice", "dddd111111111111", 0);
        add("Twice", "dddd222222222222", 0);
        add("cccc", "eeee111111111111", 0);
        add("C", "cccc111111111111", 0);
        add("Unfinished", "ffff111111111111", 0, RunState::Failed);
        try {
            const auto runs = findParents(store, {{parent.toStdString(), static_cast<std::uint64_t>(seed)}});
            QCOMPARE(runs.front().id, found);
        } catch (const Error& error) {
            QCOMPARE(qint64{0}, found);
            QVERIFY2(QString::fromUtf8(error.what()).contains(said), error.what());
        }
    }
};

LEVI_TEST(TestRunJob)
#include "tst_run_job.moc"
