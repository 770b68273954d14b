// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/error.h"
#include "core/jobs/bench_report.h"
#include "core/jobs/data_info.h"
#include "core/jobs/engine.h"
#include "core/jobs/golden_report.h"

#include <functional>
#include <utility>

namespace levi::test {

// An engine without Torch: does in run() what a test tells it to, and has little to say otherwise.
class FakeEngine : public Engine {
public:
    using Run = std::function<RunResult(const RunRequest&, RunObserver&, std::stop_token)>;
    explicit FakeEngine(Run run) : m_run(std::move(run)) {}

    EngineInfo info() override { return {.torchVersion = "none"}; }
    std::vector<DeviceInfo> devices() override { return {{.id = "cpu", .name = "a CPU"}}; }
    std::vector<Problem> problems(const ExperimentSpec&, std::stop_token) override { return {}; }
    BackboneInfo inspectBackbone(const std::filesystem::path& folder) override { return {.folder = folder.string()}; }
    DataInfo inspectData(const ExperimentSpec&, std::stop_token) override { return {}; }
    std::vector<ReaderPreview> readings(const ExperimentSpec&, std::stop_token) override { return {}; }
    CostEstimate estimate(const ExperimentSpec&, const std::filesystem::path&, std::stop_token) override { return {}; }
    ResolvedFacts facts(const ExperimentSpec&, std::stop_token) override { return {}; }
    RunResult run(const RunRequest& request, RunObserver& observer, std::stop_token stop) override {
        return m_run(request, observer, std::move(stop));
    }
    PredictedFiles predict(const PredictRequest&, std::stop_token) override {
        throw Error("the fake engine predicts nothing");
    }
    GoldenReport golden(const GoldenRequest&) override { return {}; }
    BenchReport benchForward(const std::filesystem::path&, const BenchOptions&, std::stop_token) override { return {}; }
    void preprocess(const PreprocessRequest&) override {}
    void pretrainDemo(const PretrainRequest&, RunObserver&, std::stop_token) override {}

private:
    Run m_run;
};

} // namespace levi::test
