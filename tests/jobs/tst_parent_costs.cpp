// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/parent_costs.h"
#include "tests/support/test_main.h"

#include <QTest>

using namespace levi;

namespace {

RunSummary madeFrom(double trainingFlops, std::int64_t parameters) {
    RunSummary run;
    run.trainableParameters = parameters;
    run.efficiency = {.trainingFlops = trainingFlops,
                      .inferenceFlopsPerSample = 10,
                      .inferenceSecondsPerSample = 0.5,
                      .inferencePeakBytes = 100,
                      .backboneFlopsPerSample = 8};
    return run;
}

ExperimentSpec specOf(const char* method) {
    ExperimentSpec spec;
    setField(spec, "method.kind", method);
    return spec;
}

} // namespace

class TestParentCosts : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void anEnsembleAsksAllItsParents() {
        RunResult result;
        addParentCosts(result, specOf("output_ensemble"), std::vector{madeFrom(3, 20), madeFrom(4, 30)});
        QVERIFY(result.efficiency.trainingFlops == 7 && result.trainableParameters == 50);
        QVERIFY(result.efficiency.inferenceFlopsPerSample == 20 && result.efficiency.inferenceSecondsPerSample == 1);
        QVERIFY(result.efficiency.inferencePeakBytes == 200);
        QVERIFY(result.efficiency.backboneFlopsPerSample == 8 && !result.efficiency.backbonePeakBytes);
    }

    void mixedWeightsAreOneNetwork() {
        RunResult result{.efficiency = {.trainingFlops = 0, .inferenceFlopsPerSample = 10}};
        addParentCosts(result, specOf("weight_soup"), std::vector{madeFrom(3, 20), madeFrom(4, 20)});
        QVERIFY(result.efficiency.trainingFlops == 7 && result.trainableParameters == 20);
        QVERIFY(result.efficiency.inferenceFlopsPerSample == 10 && !result.efficiency.backboneFlopsPerSample);
    }

    void aTrainedRunAddsWhatItsBackboneTook() {
        RunResult result{.trainableParameters = 5, .efficiency = {.trainingFlops = 1, .inferenceFlopsPerSample = 12}};
        addParentCosts(result, specOf("levi"), std::vector{madeFrom(3, 20)});
        QVERIFY(result.efficiency.trainingFlops == 4 && result.trainableParameters == 5);
        QVERIFY(result.efficiency.inferenceFlopsPerSample == 12);
    }

    void aSumWithAnUnknownPartIsAbsent() {
        RunResult result{.efficiency = {.trainingFlops = 1}};
        RunSummary old = madeFrom(3, 20);
        old.efficiency = {};
        addParentCosts(result, specOf("output_ensemble"), std::vector{madeFrom(3, 20), old});
        QVERIFY(!result.efficiency.trainingFlops && !result.efficiency.inferenceFlopsPerSample);
    }

    void changesNoRunWithoutParents() {
        RunResult result{.trainableParameters = 5, .efficiency = {.trainingFlops = 1}};
        addParentCosts(result, specOf("levi"), {});
        QVERIFY(result.efficiency.trainingFlops == 1 && result.trainableParameters == 5);
    }
};

LEVI_TEST(TestParentCosts)
#include "tst_parent_costs.moc"
