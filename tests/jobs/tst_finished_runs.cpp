// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/engine_loader.h"
#include "core/jobs/finished_runs.h"
#include "core/spec/backbones/backbone_options.h"
#include "core/spec/spec_json.h"
#include "tests/jobs/executed.h"
#include "tests/support/fake_engine.h"
#include "tests/support/test_main.h"

#include <QTemporaryDir>
#include <QTest>

using namespace levi;
using namespace levi::test;

namespace {

RunResult run(const RunRequest& request, RunObserver& observer, std::stop_token) {
    return doneWith(0.5, request, observer);
}

ExperimentSpec trained(const char* name, int worldSeed, const char* method = "specialist") {
    ExperimentSpec spec;
    spec.name = name;
    setField(spec, "data.kind", "demo_world");
    setField(spec, "data.world_seed", worldSeed);
    setField(spec, "backbone.path", "resource:demo_vit");
    setField(spec, "method.kind", method);
    return spec;
}

ExperimentSpec ensemble(const Json& parents) {
    ExperimentSpec spec;
    spec.name = "Ensemble";
    setField(spec, "method.kind", "output_ensemble");
    setField(spec, "method.parents", parents);
    return spec;
}

} // namespace

class TestFinishedRuns : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_folder;
    std::filesystem::path m_store;

    void execute(const ExperimentSpec& spec) { test::execute(m_store, {&spec, 1}); }

private Q_SLOTS:
    void init() {
        m_folder = std::make_unique<QTemporaryDir>();
        m_store = m_folder->filePath(QStringLiteral("store.sqlite")).toStdString();
        setEngineForTests(std::make_shared<FakeEngine>(run));
    }
    void cleanup() { setEngineForTests(nullptr); }

    void findsTheSameSettingAndSeed() {
        execute(trained("Specialist", 1));
        const RunStore store(m_store);
        FinishedRuns finished(store, engine());
        QVERIFY(finished.find(trained("another name", 1)).has_value());
        QVERIFY(!finished.find(trained("Specialist", 2)).has_value());
        auto other = trained("Specialist", 1);
        other.seed = 1;
        QVERIFY(!finished.find(other).has_value());
    }

    void findsDerivedRunsOnceTheirParentsAreThere() {
        const auto derived = ensemble({"A", "B"});
        execute(trained("A", 1));
        const RunStore store(m_store);
        FinishedRuns finished(store, engine());
        QVERIFY(!finished.find(derived).has_value());
        execute(trained("B", 1, "mlp_probe"));
        execute(derived);
        finished.refresh();
        QVERIFY(finished.find(derived).has_value());
        QVERIFY(finished.find(ensemble({"B", "A"})).has_value());
    }

    // What the list calls one way and the store another is the same run.
    void namesParentsByCellWhereTheStoreCallsThemOtherwise() {
        execute(trained("Old tuning", 1, "full_fine_tuning"));
        execute(trained("Specialist", 1));
        auto further = trained("Old LEVI", 1, "levi");
        setField(further, "backbone.from_run", "Old tuning");
        execute(further);
        const RunStore store(m_store);
        FinishedRuns finished(store, engine());
        further.name = "LEVI";
        setField(further, "backbone.from_run", "Tuning");
        std::vector<ExperimentSpec> specs = {further, trained("Tuning", 1, "full_fine_tuning"),
                                             trained("Specialist", 1), ensemble({"Tuning", "Specialist", "LEVI"})};
        QVERIFY(!finished.hasParents(specs[3]));
        finished.nameParentsByCell(specs);
        const std::string cell = cellKey(specs[1], {});
        QCOMPARE(fieldValue(specs[3], "method.parents").dump(),
                 Json({cell, "Specialist", store.runs()[2].cell}).dump());
        QCOMPARE(backboneOptions(specs[0]).fromRun, cell);
        QVERIFY(finished.hasParents(specs[3]) && finished.find(specs[0]).has_value());
        execute(specs[3]);
        QCOMPARE(store.runs().back().parents, (std::vector<std::int64_t>{1, 2, 3}));
    }

    // The same names on other data must not stand in the way; a name that means one setting stays readable.
    void namesParentsByCellWhereANameMeansOthersToo() {
        execute(trained("Probe", 1, "mlp_probe"));
        const RunStore store(m_store);
        FinishedRuns finished(store, engine());
        auto further = trained("LEVI", 2, "levi");
        setField(further, "backbone.from_run", "Probe");
        std::vector<ExperimentSpec> specs = {trained("Probe", 2, "mlp_probe"), trained("Specialist", 2),
                                             ensemble({"Probe", "Specialist", "of the store"}), further};
        finished.nameParentsByCell(specs);
        const std::string cell = cellKey(specs[0], {});
        QCOMPARE(fieldValue(specs[2], "method.parents").dump(), Json({cell, "Specialist", "of the store"}).dump());
        QCOMPARE(backboneOptions(specs[3]).fromRun, cell);
        execute(specs[0]);
        execute(specs[1]);
        setField(specs[2], "method.parents", Json({cell, "Specialist"}));
        execute(specs[2]);
        const auto runs = store.runs();
        QCOMPARE(runs.back().state, RunState::Done);
        QCOMPARE(runs.back().parents, (std::vector<std::int64_t>{2, 3}));
    }
};

LEVI_TEST(TestFinishedRuns)
#include "tst_finished_runs.moc"
