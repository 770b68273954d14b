// SPDX-License-Identifier: Apache-2.0
#include "core/base/files.h"
#include "core/base/hash.h"
#include "core/base/stopped.h"
#include "core/jobs/engine_entry.h"
#include "core/spec/spec_hash.h"
#include "tests/support/fake_engine.h"
#include "tests/support/predictions_file.h"

#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>
#include <thread>

namespace {

using namespace levi;

std::string wish() {
    const char* text = std::getenv("LEVI_FAKE");
    return text ? text : "";
}

std::vector<MetricRow> figures(double accuracy) {
    return {{"id_val", "", "accuracy", accuracy, 10},
            {"id_test", "", "accuracy", 0.1 + 0.2, 10},
            {"id_test", "", "auc", std::numeric_limits<double>::quiet_NaN(), 10},
            {"id_test", "photo", "accuracy", 0.5, 5},
            {"id_test", "", "share/dog", 0.5, 10},
            {"ood_test/sketch", "", "accuracy", accuracy / 2, 10}};
}

// A long training answers all four rows of id_test rightly, a short one two of them.
std::string predictions(const ExperimentSpec& spec) {
    const std::vector<float> right = {0, 1, 0, 1, 0, 1, 0, 1}, half = {0, 1, 0, 1, 1, 0, 1, 0};
    return test::predictionsBytes({{.role = "id_test",
                                    .rows = {"a", "b", "c", "d"},
                                    .labels = {1, 1, 1, 1},
                                    .domains = {0, 0, 1, 1},
                                    .logits = spec.train.epochs > 3 ? right : half}});
}

// Of an epoch: the same however often it was looked at on the way.
std::string weightsOf(ExperimentSpec spec, int epoch) {
    spec.train.evaluateEvery = 1;
    const std::string half = fingerprint(fmt::format("{}{} {}", canonicalText(spec, {}), spec.seed, epoch));
    return half + half;
}

// LEVI_FAKE: fail, die, or slow (until it is stopped); otherwise two epochs at once, of which the last is picked, or
// with `first` the first. device: there is a GPU too, and a prediction tells where it was made.
RunResult trainALittle(const RunRequest& request, RunObserver& observer, std::stop_token stop) {
    if (wish() == "fail") return {.state = RunState::Failed, .message = "step 3: the loss is not finite"};
    observer.resolved({.facts = {}, .taps = "1-2"});
    if (wish() == "die") {
        std::this_thread::sleep_for(std::chrono::milliseconds(300)); // until it was heard of
        std::raise(SIGKILL);
    }
    for (int epoch = 1; epoch <= 2; ++epoch) {
        observer.progressed({.phase = "training", .done = epoch, .total = 2, .unit = "epochs", .share = epoch / 2.0});
        observer.evaluated({.epoch = epoch,
                            .trainLoss = 1.0 / epoch,
                            .seconds = epoch * 0.1,
                            .weightsSha256 = weightsOf(request.spec, epoch),
                            .metrics = figures(0.8)});
    }
    while (wish() == "slow" && !stop.stop_requested())
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    if (stop.stop_requested()) return {.state = RunState::Cancelled, .message = "Stopped.", .pickedIndex = 0};
    writeFileAtomically(request.artifactFolder / "predictions.safetensors", predictions(request.spec));
    const int picked = wish() == "first" ? 0 : 1;
    return {.pickedIndex = picked,
            .backboneSamples = 7,
            .weightsSha256 = weightsOf(request.spec, picked + 1),
            .predictionsSha256 = std::string(64, 'b'),
            .artifacts = {{.kind = "predictions", .path = "predictions.safetensors", .sizeBytes = 1}}};
}

class CliEngine final : public test::FakeEngine {
public:
    CliEngine() : FakeEngine(trainALittle) {}
    std::vector<DeviceInfo> devices() override {
        auto devices = FakeEngine::devices();
        if (wish() == "device") devices.push_back({.id = "cuda:0", .name = "a GPU"});
        return devices;
    }
    std::vector<Problem> problems(const ExperimentSpec&, std::stop_token) override {
        if (wish() != "problems") return {};
        return {{"data.path", "there is no such folder"}, {"compute.device", "there is no GPU"}};
    }
    BackboneInfo inspectBackbone(const std::filesystem::path& folder) override {
        BackboneInfo info{.folder = folder.string(), .family = "vit"};
        info.depth = 6;
        if (wish() == "problems") info.problems = {"config.json: is absent"};
        return info;
    }
    CostEstimate estimate(const ExperimentSpec&, const std::filesystem::path&, std::stop_token) override {
        return {.seconds = 100, .featureSeconds = 60, .featureKey = "key"};
    }
    PredictedFiles predict(const PredictRequest& request, std::stop_token stop) override {
        if (wish() == "slow") std::fputs("predicting\n", stderr);
        while (wish() == "slow" && !stop.stop_requested())
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        if (stop.stop_requested()) throw Stopped();
        if (wish() != "device") return FakeEngine::predict(request, stop);
        return {.classes = {"a"},
                .rows = {{.row = "0", .predicted = request.spec.compute.device, .probabilities = {1}}}};
    }
    GoldenReport golden(const GoldenRequest& request) override {
        const double found = wish() == "fail" ? 3e-4 : 1e-5;
        return {
            .folder = request.folder.string(),
            .tensors = {
                {.name = "logits", .path = "plain", .produced = true, .largestDifference = found, .allowed = 1e-4}}};
    }
};

} // namespace

levi::Engine* leviMakeEngine() {
    return new CliEngine;
}
int leviEngineInterface() {
    return wish() == "old" ? -1 : levi::kEngineInterface;
}
