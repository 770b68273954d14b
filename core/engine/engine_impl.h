// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/files.h"
#include "core/engine/data/kept_data.h"
#include "core/jobs/engine.h"

namespace levi {

// The engine of this library: each call hands its work to a room or a file beside this one. Of its own it has nothing
// but the data set that was looked at last, so calls from several lanes do not meet.
class EngineImpl : public Engine {
public:
    EngineInfo info() override;
    void setCacheFolder(const std::filesystem::path& folder) override { m_data.setCacheFolder(folder); }
    std::vector<DeviceInfo> devices() override;
    std::vector<Problem> problems(const ExperimentSpec& spec, std::stop_token stop) override;
    BackboneInfo inspectBackbone(const std::filesystem::path& folder) override;
    DataInfo inspectData(const ExperimentSpec& spec, std::stop_token stop) override;
    std::vector<ReaderPreview> readings(const ExperimentSpec& spec, std::stop_token stop) override;
    CostEstimate estimate(const ExperimentSpec& spec, const std::filesystem::path& cacheFolder,
                          std::stop_token stop) override;
    ResolvedFacts facts(const ExperimentSpec& spec, std::stop_token stop) override;
    RunResult run(const RunRequest& request, RunObserver& observer, std::stop_token stop) override;
    PredictedFiles predict(const PredictRequest& request, std::stop_token stop) override;
    GoldenReport golden(const GoldenRequest& request) override;
    BenchReport benchForward(const std::filesystem::path& folder, const BenchOptions& options,
                             std::stop_token stop) override;
    void preprocess(const PreprocessRequest& request) override;
    void pretrainDemo(const PretrainRequest& request, RunObserver& observer, std::stop_token stop) override;

    std::int64_t dataReadings() const { return m_data.readings(); } // by looks, not by runs

private:
    KeptData m_data{cacheHome()}; // of the looks: problems, inspectData, estimate, facts
};

} // namespace levi
