// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/fake_engine.h"

#include <atomic>
#include <chrono>

namespace levi::test {

// An engine without Torch that answers as one does about a ViT and four domains of pictures, so that every page has
// something to show. A backbone path with "deep" in it has 48 blocks, one with "absent" cannot be read.
class PictureEngine : public FakeEngine {
public:
    PictureEngine();

    EngineInfo info() override;
    std::vector<DeviceInfo> devices() override;
    std::vector<Problem> problems(const ExperimentSpec& spec, std::stop_token stop) override;
    BackboneInfo inspectBackbone(const std::filesystem::path& folder) override;
    DataInfo inspectData(const ExperimentSpec& spec, std::stop_token stop) override;
    CostEstimate estimate(const ExperimentSpec& spec, const std::filesystem::path& cacheFolder,
                          std::stop_token stop) override;

    std::atomic<int> epochs = 12;
    std::atomic<std::chrono::milliseconds> epochTakes{std::chrono::milliseconds(20)};
    std::atomic<std::chrono::milliseconds> answerTakes{std::chrono::milliseconds(0)}; // every inspection

private:
    RunResult train(const RunRequest& request, RunObserver& observer, std::stop_token stop);
};

} // namespace levi::test
