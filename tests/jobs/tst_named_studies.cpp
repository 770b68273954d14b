// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/jobs/demo_specs.h"
#include "core/jobs/named_studies.h"
#include "core/spec/backbones/backbone_options.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <algorithm>
#include <map>
#include <set>

using namespace levi;

namespace {

// By name, each listed without a problem.
std::map<std::string, ExperimentSpec> settingsOf(const NamedStudy& study) {
    Sweep sweep = study.sweep;
    sweep.seeds = {0};
    const SweepList list = listOf(sweep);
    if (!list.problems.empty()) qFatal("%s", list.problems.front().message.c_str());
    std::map<std::string, ExperimentSpec> settings;
    for (const ExperimentSpec& spec : list.specs)
        settings.emplace(spec.name, spec);
    if (settings.size() != list.settings) qFatal("two settings share a name");
    return settings;
}

double rateOf(const ExperimentSpec& spec) {
    return fieldValue(spec, "backbone.learning_rate").get<double>();
}

void statesOnlyWhatItRuns(const NamedStudy& study) {
    const auto settings = settingsOf(study);
    QVERIFY(!study.plan.family.empty());
    for (const StudyComparison& pair : study.plan.family) {
        QVERIFY2(settings.contains(pair.candidate), pair.candidate.c_str());
        QVERIFY2(settings.contains(pair.baseline), pair.baseline.c_str());
    }
}

} // namespace

class TestNamedStudies : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void statesThePremise() {
        const NamedStudy study = premiseStudy();
        statesOnlyWhatItRuns(study);
        const auto settings = settingsOf(study);
        QCOMPARE(settings.size(), std::size_t{5 * 4 + 2 + 4}); // readers of a backbone, the specialist, the ensemble
        const auto value = [&](const char* name, const char* path) { return fieldValue(settings.at(name), path); };
        QCOMPARE(value("LEVI (clean, unbiased)", "data.cue_strength").get<double>(), 0.0);
        QCOMPARE(value("LEVI (flawed, biased)", "data.cue_strength").get<double>(), 0.75);
        QVERIFY(value("LEVI (clean, biased)", "backbone.path") == "resource:demo_vit_clean");
        QVERIFY(value("LEVI (flawed, biased)", "backbone.path") == "resource:demo_vit");
        QVERIFY(value("Ensemble: specialist + fine-tuned (flawed, biased)", "method.parents") ==
                Json({"Specialist (any, biased)", "Full fine-tuning (flawed, biased)"}));
    }

    // The family is what the question needs, and small enough for the seeds that one has.
    void thePremiseAsksFewThings() {
        const StudyPlan plan = premiseStudy().plan;
        QVERIFY(plan.endpoint == Endpoint::OodMean);
        const auto primary = plan.comparisons(false);
        QCOMPARE(primary.size(), std::size_t{2 + 6}); // each side hurts fine-tuning; LEVI against each of the others
        const auto states = [&](const char* candidate, const char* baseline) {
            return std::ranges::find(primary, StudyComparison{candidate, baseline}) != primary.end();
        };
        QVERIFY(states("Full fine-tuning (flawed, unbiased)", "Full fine-tuning (clean, unbiased)"));
        QVERIFY(states("Full fine-tuning (clean, biased)", "Full fine-tuning (clean, unbiased)"));
        QVERIFY(states("LEVI (flawed, biased)", "Specialist (any, biased)"));
        QVERIFY(states("LEVI (flawed, biased)", "Full fine-tuning (flawed, biased)"));
        QVERIFY(!plan.comparisons(true).empty());
        QCOMPARE(seedsNeeded(plan), std::int64_t{9}); // 8 x 2 / 2^9 is below .05, 8 x 2 / 2^8 is not
    }

    void familiesFitTheirSeeds_data() {
        QTest::addColumn<bool>("isAblation");
        QTest::addColumn<int>("primary");
        QTest::addColumn<int>("seeds");
        QTest::newRow("ablation") << true << 3 << 7;      // the last layer alone, no specialist, a generic one
        QTest::newRow("efficiency") << false << 20 << 10; // each method that can run here
    }

    void familiesFitTheirSeeds() {
        QFETCH(bool, isAblation);
        QFETCH(int, primary);
        QFETCH(int, seeds);
        const ExperimentSpec base = demoSpecs().front();
        const StudyPlan plan = (isAblation ? ablationStudy(base, 6) : efficiencyStudy(base, false)).plan;
        QVERIFY(plan.endpoint == Endpoint::OodMean);
        QCOMPARE(static_cast<int>(plan.comparisons(false).size()), primary);
        QCOMPARE(seedsNeeded(plan), std::int64_t{seeds});
        QCOMPARE(seedsNeeded({}), std::int64_t{6});
    }

    void takesLeviApart() {
        const ExperimentSpec base = demoSpecs().front(); // layers 4 to 6 of 6, CNN, MLP, frozen
        const NamedStudy study = ablationStudy(base, 6);
        statesOnlyWhatItRuns(study);
        const auto settings = settingsOf(study);
        for (const char* name : {"LEVI", "layers: early, 1-2", "layers: middle, 3-4", "layers: late, 5-6",
                                 "layers: all", "layers: 6 alone", "specialist: none", "specialist: narrower, 8",
                                 "specialist: wider, 32", "specialist: generic, transformer", "adapter: linear",
                                 "combination: learned", "normalisation: none", "backbone: LoRA"})
            QVERIFY2(settings.contains(name), name);
        QVERIFY(!settings.contains("adapter: mlp")); // is the base
        const ExperimentSpec& none = settings.at("specialist: none");
        QVERIFY(none.method.is("all_layer_probe"));
        for (const FieldRow& row : fieldRows(none, section("method"))) // the defaults of its kind are others
            if (row.path != "method.kind") QCOMPARE(row.value.dump(), fieldValue(base, row.path).dump());
        QVERIFY(backboneMode(settings.at("backbone: LoRA")) == BackboneMode::Lora);
        QCOMPARE(rateOf(settings.at("backbone: LoRA")), usualLearningRate(BackboneMode::Lora));
        QCOMPARE(study.plan.family.front().baseline, std::string("LEVI"));
        QCOMPARE(study.plan.family.size(), settings.size() - 1);
        QVERIFY_EXCEPTION_THROWN(ablationStudy(demoSpecs()[3], 6), Error);
    }

    void changesTheKindOfSpecialist_data() {
        QTest::addColumn<QByteArray>("data");
        QTest::addColumn<QByteArray>("base");
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("kind");
        const auto row = [](const char* data, const char* base, const char* name, const char* kind) {
            QTest::newRow(base) << QByteArray(data) << QByteArray(base) << QByteArray(name) << QByteArray(kind);
        };
        row("demo_world", "transformer", "specialist: task-specialised, CNN", "cnn");
        row("text_table", "bag", "specialist: generic, transformer", "text_transformer");
        row("text_table", "text_cnn", "specialist: generic, transformer", "text_transformer");
        row("text_table", "text_transformer", "specialist: task-specialised, bag of tokens", "bag");
        row("movielens", "two_tower", "specialist: generic, transformer", "text_transformer");
        row("text_table", "table_mlp", "specialist: generic, transformer", "text_transformer");
    }
    void changesTheKindOfSpecialist() {
        QFETCH(QByteArray, data);
        QFETCH(QByteArray, base);
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, kind);
        ExperimentSpec spec;
        spec.name = "LEVI";
        setField(spec, "data.kind", data.toStdString());
        if (data == "text_table") setField(spec, "data.table", "/data/table.csv");
        if (data == "text_table") setField(spec, "data.text", "body");
        if (data == "text_table") setField(spec, "data.target_column", "y");
        if (data == "text_table") setField(spec, "data.numeric", Json({"stars"}));
        if (data == "movielens") setField(spec, "data.path", "/data/ml-100k.zip");
        setField(spec, "backbone.path", "/models/one");
        setField(spec, "specialist.kind", base.toStdString());
        const NamedStudy study = ablationStudy(spec, 6);
        statesOnlyWhatItRuns(study);
        const auto settings = settingsOf(study);
        QVERIFY(settings.contains(name.toStdString()));
        const ExperimentSpec& other = settings.at(name.toStdString());
        QCOMPARE(other.specialist.kind().key, kind.toStdString());
        QCOMPARE(other.specialistView.kind().key, std::string(data == "demo_world" ? "picture" : "text"));
        QCOMPARE(study.plan.comparisons(false).size(), std::size_t{3});
    }

    void comparesEveryMethod() {
        const NamedStudy some = efficiencyStudy(demoSpecs().front(), false),
                         all = efficiencyStudy(demoSpecs().front(), true);
        statesOnlyWhatItRuns(some);
        QCOMPARE(rateOf(settingsOf(all).at("LoRA")), 1e-3); // each way to train the backbone has its rate
        QCOMPARE(rateOf(settingsOf(all).at("Norm tuning")), 3e-3);
        std::set<std::string> kinds;
        for (const auto& [name, spec] : settingsOf(all))
            kinds.insert(spec.method.kind().key);
        for (const Kind& kind : methodKinds().all())
            QVERIFY2(kinds.contains(kind.key) != (kind.key == "seed_ensemble" || kind.key == "weight_soup"),
                     kind.key.c_str());
        QVERIFY(!settingsOf(some).contains("GroupDRO") && settingsOf(all).contains("GroupDRO"));
        QVERIFY(settingsOf(some).contains("LEVI") && settingsOf(some).contains("Linear probe, convex fit"));
        QCOMPARE(all.leftOut.size(), std::size_t{2}); // what joins seeds
        QVERIFY(backboneMode(settingsOf(some).at("LEVI on LoRA")) == BackboneMode::Lora);
        QCOMPARE(rateOf(settingsOf(some).at("LEVI on LoRA")), 1e-3);
        QVERIFY(backboneMode(settingsOf(some).at("LEVI, full")) == BackboneMode::Full);
        QVERIFY(
            std::ranges::any_of(some.leftOut, [](const std::string& one) { return one.starts_with("GroupDRO: "); }));
    }
};

LEVI_TEST(TestNamedStudies)
#include "tst_named_studies.moc"
