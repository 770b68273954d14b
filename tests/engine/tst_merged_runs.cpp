// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/engine/data/load.h"
#include "core/engine/method/predictions.h"
#include "tests/engine/run_fixture.h"
#include "tests/image/encoders.h"
#include "tests/support/test_main.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/softmax.h>

#include <QTest>
#include <fmt/format.h>

#include <algorithm>

using namespace levi;
using test::RunFixture;

namespace {

// A run of `spec`, as a parent of another one.
ParentRun parentOf(RunFixture& f, const ExperimentSpec& spec) {
    const auto result = f.run(spec);
    if (result.state != RunState::Done) throw std::runtime_error(result.message);
    ParentRun parent{.id = static_cast<std::int64_t>(spec.seed + 1),
                     .name = spec.name,
                     .predictionsFile = f.artifact(result, "predictions"),
                     .weightsFile = f.artifact(result, "weights"),
                     .startFile = f.artifact(result, "start"),
                     .spec = spec};
    for (const NamedText& entry : f.seen.facts.back().environment)
        if (entry.name == "weights_fingerprint")
            parent.weightsFingerprint = entry.text;
        else if (entry.name == "data_fingerprint")
            parent.dataFingerprint = entry.text;
    return parent;
}

double valueOf(const CandidateRecord& candidate, const char* role, const char* metric) {
    for (const MetricRow& row : candidate.metrics)
        if (row.role == role && row.metric == metric && row.domain.empty()) return row.value.value_or(-1);
    return -1;
}

} // namespace

class TestMergedRuns : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void wiseFtMeetsItsEnds() {
        RunFixture f;
        const auto parent = parentOf(f, f.spec("lp_ft"));
        const CandidateRecord start = *std::ranges::find(f.seen.candidates, "start", &CandidateRecord::kind);
        const auto tuned = readPredictions(parent.predictionsFile);
        f.seen.candidates.clear();
        auto request = f.request(test::with(f.spec("wise_ft"), {"method.alpha=1", "method.steps=4"}));
        request.parents = {parent};
        const auto result = f.run(request);
        QVERIFY2(result.state == RunState::Done, result.message.c_str());
        QCOMPARE(f.seen.candidates.size(), std::size_t{5});
        QCOMPARE(f.seen.candidates[1].kind, std::string("reference alpha 0.25")); // measured, never picked
        QCOMPARE(f.seen.candidates[4].kind, std::string("alpha 1"));
        for (const char* role : {"train", "id_val", "id_test", "ood_test/cue_random"})
            QCOMPARE(valueOf(f.seen.candidates.front(), role, "nll"), valueOf(start, role, "nll"));
        QCOMPARE(result.pickedIndex, std::int64_t{4});
        const auto made = readPredictions(f.artifact(result, "predictions"));
        for (std::size_t role = 0; role < made.roles.size(); ++role)
            QVERIFY(at::equal(made.roles[role].logits, tuned.roles[role].logits));
    }

    void mixedWeightsPredict() {
        RunFixture f;
        auto request = f.request(test::with(f.spec("wise_ft"), {"method.alpha=0.5", "method.steps=2"}));
        request.parents = {parentOf(f, f.spec("lp_ft"))};
        const auto result = f.run(request);
        QVERIFY2(result.state == RunState::Done, result.message.c_str());
        const auto stored = readPredictions(f.artifact(result, "predictions")).roles[2]; // id_test
        const auto role = loadDataset(request.parents[0].spec.data).evaluation.roles[2];
        writeFileAtomically(f.root / "pictures" / "0.png", test::pngOf(role.picture(0)));
        PredictRequest asked{.spec = request.spec,
                             .weightsFile = f.artifact(result, "weights"),
                             .data = f.root / "pictures",
                             .parents = request.parents};
        const auto made = f.engine->predict(asked, {});
        const auto expected = stored.logits.softmax(1);
        for (std::size_t c = 0; c < made.classes.size(); ++c)
            QVERIFY(std::abs(made.rows.at(0).probabilities[c] - expected[0][std::int64_t(c)].item<double>()) < 1e-4);
        asked.parents[0].spec.compute.device = "cuda:7"; // where the parent ran is not asked for
        QCOMPARE(f.engine->predict(asked, {}).rows.size(), made.rows.size());
        asked.spec = f.spec("output_ensemble");
        QVERIFY_EXCEPTION_THROWN(f.engine->predict(asked, {}), Error);
    }

    void wiseFtPicksOnIdVal() {
        RunFixture f;
        auto request = f.request(test::with(f.spec("wise_ft"), {"method.choose=id_val"}));
        request.parents = {parentOf(f, f.spec("lp_ft"))};
        f.seen.candidates.clear();
        const auto result = f.run(request);
        QVERIFY2(result.state == RunState::Done, result.message.c_str());
        const auto picked = static_cast<std::size_t>(result.pickedIndex);
        for (const CandidateRecord& candidate : f.seen.candidates)
            QVERIFY(valueOf(candidate, "id_val", "accuracy") <=
                    valueOf(f.seen.candidates[picked], "id_val", "accuracy"));
    }

    // The ensemble of seeds is the mean of what its members said, of probabilities or of logits.
    void seedsAreAveraged_data() {
        QTest::addColumn<QByteArray>("average");
        QTest::newRow("probabilities") << QByteArray("probabilities");
        QTest::newRow("logits") << QByteArray("logits");
    }
    void seedsAreAveraged() {
        QFETCH(QByteArray, average);
        RunFixture f;
        auto request = f.request(test::with(f.spec("seed_ensemble"), {"method.average=" + QString::fromUtf8(average)}));
        for (const std::uint64_t seed : {0, 1, 2})
            request.parents.push_back(parentOf(f, f.spec("linear_probe", seed)));
        const auto result = f.run(request);
        QVERIFY2(result.state == RunState::Done, result.message.c_str());
        const auto made = readPredictions(f.artifact(result, "predictions"));
        std::vector<PredictionsFile> members;
        for (const ParentRun& parent : request.parents)
            members.push_back(readPredictions(parent.predictionsFile));
        const bool isOfLogits = average == "logits";
        for (std::size_t role = 0; role < made.roles.size(); ++role) {
            const auto said = [&](const PredictionsFile& file) {
                const at::Tensor& logits = file.roles[role].logits;
                return isOfLogits ? logits : logits.softmax(1);
            };
            const auto mean = (said(members[0]) + said(members[1]) + said(members[2])) / 3;
            QVERIFY(said(made).sub(mean).abs().max().item<double>() < 1e-6);
            QVERIFY(said(members[0]).sub(said(members[1])).abs().max().item<double>() > 1e-3);
        }
    }

    // Parents and mixture with test labels that were moved on: the same weights, the same pick, the same predictions.
    void testLabelsDecideNothing_data() {
        QTest::addColumn<QStringList>("spec");
        QTest::addColumn<QByteArray>("parents");
        QTest::newRow("WiSE-FT, alpha by id_val")
            << QStringList{"method.kind=wise_ft", "method.choose=id_val", "method.steps=4"} << QByteArray("lp_ft");
        QTest::newRow("greedy soup") << QStringList{"method.kind=weight_soup", "method.soup=greedy"}
                                     << QByteArray("full_fine_tuning");
        QTest::newRow("uniform soup") << QStringList{"method.kind=weight_soup"} << QByteArray("full_fine_tuning");
        QTest::newRow("output ensemble") << QStringList{"method.kind=output_ensemble"} << QByteArray("linear_probe");
        QTest::newRow("ensemble of seeds")
            << QStringList{"method.kind=seed_ensemble"} << QByteArray("full_fine_tuning");
    }
    void testLabelsDecideNothing() {
        QFETCH(QStringList, spec);
        QFETCH(QByteArray, parents);
        RunFixture f;
        std::vector<RunResult> results;
        for (const std::uint32_t moved : {0u, 1u}) {
            auto request = f.request(test::with(test::withMovedTestLabels(f, f.spec("levi"), moved), spec));
            for (const std::uint64_t seed : {0, 1}) {
                auto one = test::withMovedTestLabels(f, f.spec(parents.toStdString(), seed), moved);
                if (request.parents.empty() || parents != "lp_ft") request.parents.push_back(parentOf(f, one));
            }
            results.push_back(f.run(request));
            QVERIFY2(results.back().state == RunState::Done, results.back().message.c_str());
        }
        QCOMPARE(results[0].weightsSha256, results[1].weightsSha256);
        QCOMPARE(results[0].pickedIndex, results[1].pickedIndex);
        QCOMPARE(results[0].predictionsSha256, results[1].predictionsSha256);
    }

    void soupOfEqualRunsIsThatRun_data() {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QStringList>("parentsSpec");
        QTest::addColumn<QByteArray>("soup");
        for (const char* method : {"levi", "linear_probe", "full_fine_tuning"})
            for (const char* soup : {"uniform", "greedy"})
                QTest::addRow("%s, %s", method, soup) << QByteArray(method) << QStringList() << QByteArray(soup);
        QTest::newRow("a probe fitted at once is fp32 whatever its spec says")
            << QByteArray("linear_probe") << QStringList{"method.fit=convex", "train.precision=bf16"}
            << QByteArray("uniform");
    }

    void soupOfEqualRunsIsThatRun() {
        QFETCH(QByteArray, method);
        QFETCH(QStringList, parentsSpec);
        QFETCH(QByteArray, soup);
        RunFixture f;
        const auto parent = parentOf(f, test::with(f.spec(method.toStdString()), parentsSpec));
        auto request = f.request(test::with(f.spec("weight_soup"), {"method.soup=" + QString::fromUtf8(soup)}));
        request.parents = {parent, parent};
        const auto result = f.run(request);
        QVERIFY2(result.state == RunState::Done, result.message.c_str());
        const auto made = readPredictions(f.artifact(result, "predictions"));
        const auto one = readPredictions(parent.predictionsFile);
        for (std::size_t role = 0; role < made.roles.size(); ++role)
            QVERIFY(at::equal(made.roles[role].logits, one.roles[role].logits));
    }

    // It waits in the lane of its own device.
    void isComputedWhereItsOwnSpecSays_data() {
        QTest::addColumn<QByteArray>("method");
        QTest::newRow("WiSE-FT") << QByteArray("wise_ft");
        QTest::newRow("soup") << QByteArray("weight_soup");
    }

    void isComputedWhereItsOwnSpecSays() {
        QFETCH(QByteArray, method);
        RunFixture f;
        auto request = f.request(f.spec(method.toStdString()));
        auto parent = parentOf(f, f.spec("lp_ft"));
        parent.spec.compute.device = "cuda:7";
        request.parents.assign(method == "wise_ft" ? 1 : 2, parent);
        const auto result = f.run(request);
        QVERIFY2(result.state == RunState::Done, result.message.c_str());
        const auto& noted = f.seen.facts.back().environment;
        QCOMPARE(std::ranges::find(noted, "device", &NamedText::name)->text, std::string("cpu"));
        setField(request.spec, "compute.device", "cuda:7");
        const auto elsewhere = f.run(request);
        QVERIFY2(elsewhere.state == RunState::Failed && elsewhere.message.find("'cuda:7'") != std::string::npos,
                 elsewhere.message.c_str());
        const auto problems = f.engine->problems(request.spec, {});
        QVERIFY(problems.size() == 1 && problems.front().path == "compute.device");
        request.spec = f.spec("seed_ensemble"); // predictions are mixed on the CPU
        setField(request.spec, "compute.device", "cuda:7");
        QVERIFY(f.engine->problems(request.spec, {}).empty());
    }

    // Of parents that are not alike; one was trained so fast that it would spoil the mean.
    void aGreedySoupIsNotWorseOnIdVal() {
        RunFixture f;
        auto request = f.request(test::with(f.spec("weight_soup"), {"method.soup=greedy"}));
        std::vector<double> reached;
        std::uint64_t seed = 0;
        for (const char* rate : {"1e-3", "1e-2", "10"}) {
            f.seen.candidates.clear();
            request.parents.push_back(parentOf(
                f, test::with(f.spec("linear_probe", seed++), {QStringLiteral("train.learning_rate=%1").arg(rate)})));
            reached.push_back(0);
            for (const CandidateRecord& candidate : f.seen.candidates)
                reached.back() = std::max(reached.back(), valueOf(candidate, "id_val", "accuracy"));
        }
        QVERIFY(std::ranges::min(reached) < std::ranges::max(reached));
        f.seen.candidates.clear();
        const auto result = f.run(request);
        QVERIFY2(result.state == RunState::Done, result.message.c_str());
        const auto& soup = f.seen.candidates.at(static_cast<std::size_t>(result.pickedIndex));
        QVERIFY2(valueOf(soup, "id_val", "accuracy") >= std::ranges::max(reached),
                 fmt::format("{} of {}", valueOf(soup, "id_val", "accuracy"), std::ranges::max(reached)).c_str());
    }

    void refusesRunsThatBeganAtAnotherRun_data() {
        QTest::addColumn<QByteArray>("method");
        QTest::newRow("WiSE-FT") << QByteArray("wise_ft");
        QTest::newRow("soup") << QByteArray("weight_soup");
    }

    void refusesRunsThatBeganAtAnotherRun() {
        QFETCH(QByteArray, method);
        RunFixture f;
        auto request = f.request(f.spec(method.toStdString()));
        request.parents = {parentOf(f, f.spec("lp_ft"))};
        request.parents[0].name = "second stage";
        setField(request.parents[0].spec, "backbone.from_run", "first stage");
        const auto result = f.run(request);
        QVERIFY(result.state == RunState::Failed);
        QVERIFY2(result.message.find("('second stage'): its backbone came from run 'first stage'") != std::string::npos,
                 result.message.c_str());
    }

    void saysWhyRunsDoNotMix_data() {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QStringList>("first");
        QTest::addColumn<QStringList>("second");
        QTest::addColumn<QByteArray>("said");
        QTest::newRow("other networks") << QByteArray("weight_soup") << QStringList{"method.kind=linear_probe"}
                                        << QStringList{"method.kind=mlp_probe"}
                                        << QByteArray("train different networks");
        QTest::newRow("other rows") << QByteArray("weight_soup") << QStringList{"method.kind=linear_probe"}
                                    << QStringList{"method.kind=linear_probe", "data.world_seed=7"}
                                    << QByteArray("rows");
        QTest::newRow("low-rank parts") << QByteArray("weight_soup") << QStringList{"method.kind=lora"}
                                        << QStringList{"method.kind=lora", "seed=1"} << QByteArray("without LoRA");
        QTest::newRow("no start") << QByteArray("wise_ft") << QStringList{"method.kind=full_fine_tuning"}
                                  << QStringList{} << QByteArray("expected a run of LP-FT");
    }

    void saysWhyRunsDoNotMix() {
        QFETCH(QByteArray, method);
        QFETCH(QStringList, first);
        QFETCH(QStringList, second);
        QFETCH(QByteArray, said);
        RunFixture f;
        auto request = f.request(f.spec(method.toStdString()));
        request.parents = {parentOf(f, test::with(f.spec("levi"), first))};
        if (!second.isEmpty()) request.parents.push_back(parentOf(f, test::with(f.spec("levi"), second)));
        const auto result = f.run(request);
        QVERIFY(result.state == RunState::Failed);
        QVERIFY2(QByteArray::fromStdString(result.message).contains(said), result.message.c_str());
    }
};

LEVI_TEST(TestMergedRuns)
#include "tst_merged_runs.moc"
