// SPDX-License-Identifier: Apache-2.0
#include "core/engine/devices.h"
#include "core/engine/inference_cost.h"
#include "tests/engine/run_fixture.h"
#include "tests/support/test_main.h"

#include <ATen/ops/empty.h>
#include <c10/util/ThreadLocalDebugInfo.h>

#include <QTest>

#include <cstring>
#include <memory>
#include <vector>

using namespace levi;
using test::RunFixture;
using test::with;

namespace {

// The tiny ViT of the fixture by hand, a multiply-add counting as two: 4 patches of 3 x 8 x 8 values into 16 numbers;
// 2 blocks on 5 tokens, with 4 products of 16 x 16, 2 of 16 x 32, and scores and values of 5 x 5.
constexpr double kEmbeddings = 2 * 4 * (3 * 8 * 8) * 16;
constexpr double kBlock = 2 * 5 * (4 * 16 * 16 + 2 * 16 * 32) + 4 * 5 * 5 * 16;
constexpr double kBackbone = kEmbeddings + 2 * kBlock;
constexpr double kHead = 2 * 16 * 6;      // class token to 6 classes
constexpr double kRowsInSteps = 2.0 * 60; // 2 epochs

} // namespace

class TestEfficiency : public QObject {
    Q_OBJECT

private:
    static Efficiency costOf(RunFixture& f, const ExperimentSpec& spec) {
        const RunResult result = f.run(spec);
        if (result.state != RunState::Done) qFatal("%s", result.message.c_str());
        return result.efficiency;
    }

private Q_SLOTS:
    // What an earlier run of this process has given back is no memory of the next one, though the heap still holds it.
    void memoryOfAnEarlierRunIsNotCounted() {
        constexpr std::size_t kBlockBytes = 64 << 10, kBlocks = 4096;
        resetPeakMemory("cpu");
        const std::uint64_t before = peakMemoryBytes("cpu");
        std::vector<std::unique_ptr<char[]>> blocks(kBlocks);
        for (auto& block : blocks)
            std::memset((block = std::make_unique<char[]>(kBlockBytes)).get(), 1, kBlockBytes);
        const auto last = std::make_unique<char[]>(kBlockBytes + 4096); // the top of the heap stays where it is
        QVERIFY(peakMemoryBytes("cpu") > before + kBlocks * kBlockBytes / 2);
        blocks.clear();
        resetPeakMemory("cpu");
        QVERIFY2(peakMemoryBytes("cpu") < before + kBlocks * kBlockBytes / 4 && last,
                 fmt::format("{} after {}", peakMemoryBytes("cpu"), before).c_str());
    }

    void countsALinearLayerOnAFrozenBackbone() {
        RunFixture f;
        const auto cost = costOf(f, with(f.spec("linear_probe"), {"method.pool=cls"}));
        QVERIFY(cost.trainingFlops == kRowsInSteps * 3 * kHead);
        QVERIFY(cost.inferenceFlopsPerSample == kBackbone + kHead);
        QVERIFY(cost.backboneFlopsPerSample == kBackbone);
        QVERIFY(*cost.inferenceSecondsPerSample > 0 && *cost.backboneSecondsPerSample > 0);
        const auto weights = 4.0 * double(f.engine->inspectBackbone(f.vit).parameters);
        QVERIFY(*cost.backbonePeakBytes > weights && *cost.backbonePeakBytes < weights + 1e6);
        QVERIFY(*cost.inferencePeakBytes >= *cost.backbonePeakBytes + 4 * (16 * 6 + 6));
    }

    void countsATrainedBackbone() {
        RunFixture f;
        const auto cost = costOf(f, with(f.spec("full_fine_tuning"), {"method.pool=cls"}));
        QVERIFY(cost.trainingFlops == kRowsInSteps * (3 * kHead + 3 * kBackbone - kEmbeddings));
        QVERIFY(cost.inferenceFlopsPerSample == kBackbone + kHead);
        QVERIFY(cost.backboneFlopsPerSample == kBackbone && *cost.backboneSecondsPerSample > 0);
    }

    // Answers of such a network hold half the bytes between products.
    void measuresBf16AsItAnswers() {
        RunFixture f;
        const auto spec = with(f.spec("full_fine_tuning"), {"method.pool=cls"});
        const auto full = costOf(f, spec), half = costOf(f, with(spec, {"train.precision=bf16"}));
        QVERIFY2(half.inferencePeakBytes != full.inferencePeakBytes,
                 fmt::format("{} and {}", *half.inferencePeakBytes, *full.inferencePeakBytes).c_str());
        QVERIFY(*half.inferenceFlopsPerSample == *full.inferenceFlopsPerSample);
        QVERIFY(half.backbonePeakBytes != full.backbonePeakBytes);
        const auto probe = with(f.spec("linear_probe"), {"method.pool=cls"});
        QVERIFY(costOf(f, probe).backbonePeakBytes ==
                costOf(f, with(probe, {"train.precision=bf16"})).backbonePeakBytes); // frozen: fp32
    }

    void countsWhatAugmentationSendsThroughTheBackbone() {
        RunFixture f;
        const auto cost = costOf(f, with(f.spec("linear_probe"), {"method.pool=cls", "backbone_view.flip=true"}));
        QVERIFY(cost.trainingFlops == kRowsInSteps * (3 * kHead + kBackbone));
    }

    void countsFits() {
        RunFixture f;
        const auto cost = costOf(f, with(f.spec("linear_probe"), {"method.fit=convex"}));
        const double evaluation = 4.0 * 60 * 16 * 6; // logits and gradient over 60 rows
        QVERIFY(*cost.trainingFlops > evaluation && std::fmod(*cost.trainingFlops, evaluation) == 0);
        const auto selected = costOf(f, with(f.spec("head2toe"), {"method.selection_steps=4", "method.taps=1,2"}));
        QVERIFY(*selected.trainingFlops > 0);
    }

    void comparesASpecialistWithNothing() {
        RunFixture f;
        const auto cost = costOf(f, f.spec("specialist"));
        QVERIFY(*cost.inferenceFlopsPerSample > 0 &&
                cost.trainingFlops == kRowsInSteps * 3 * *cost.inferenceFlopsPerSample);
        QVERIFY(!cost.backboneFlopsPerSample && !cost.backbonePeakBytes);
        QVERIFY(*cost.inferenceSecondsPerSample > 0 && *cost.inferencePeakBytes > 0);
    }

    void measuresMemory() {
        const auto meter = std::make_shared<AllocationMeter>();
        {
            const c10::DebugInfoGuard installed(c10::DebugInfoKind::PROFILER_STATE, meter);
            const auto kept = at::empty({1000}, at::kFloat);
            for (int i = 0; i < 3; ++i)
                at::empty({500}, at::kFloat);
        }
        QCOMPARE(meter->peakBytes(), std::int64_t{4 * 1500});
    }

    // Everything is there when it is measured: a stop in between costs no run.
    void measuresNothingOnceItIsStopped() {
        RunFixture f;
        std::stop_source stop;
        f.seen.onProgress = [&](const Progress& progress) {
            if (progress.phase == "training" && progress.done == 2) stop.request_stop();
        };
        const auto result = f.run(f.request(with(f.spec("linear_probe"), {"method.pool=cls"})), stop.get_token());
        QVERIFY2(result.state == RunState::Done, result.message.c_str());
        QVERIFY(result.pickedIndex >= 0 && result.efficiency.trainingFlops && !result.efficiency.inferencePeakBytes);
    }
};

LEVI_TEST(TestEfficiency)
#include "tst_efficiency.moc"
