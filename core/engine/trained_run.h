// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/features/feature_cache.h"
#include "core/engine/run_parts.h"
#include "core/engine/run_progress.h"
#include "core/engine/train/trainer.h"
#include "core/jobs/engine.h"

#include <memory>
#include <optional>

namespace levi {

// One run of a method that trains: data, features, training, files. Used once, on one thread.
class TrainedRun {
public:
    TrainedRun(const RunRequest& request, RunObserver& observer, std::stop_token stop);

    RunResult run(); // throws Error and Stopped

private:
    void loadData();
    void openBackbone();
    void makeFeatures();
    void planInputs();
    void buildNetwork();
    void tellFacts();
    TrainerResult train();
    void writeArtifacts(const TrainerResult& trained);
    void environment(const std::string& name, std::string text);
    FeatureOptions featureOptions();
    std::vector<RowSet> rolesWithFeatures() const;

    const RunRequest& m_request;
    const ExperimentSpec& m_spec;
    RunObserver& m_observer;
    std::stop_token m_stop;
    RunProgress m_progress;
    at::Device m_device = at::kCPU;

    Dataset m_data;
    std::unique_ptr<Backbone> m_backbone; // frozen; moves into the network where it is trained
    BackboneInfo m_info;
    ReadoutPlan m_plan;
    InputPlan m_inputs;
    std::optional<Standardisation> m_standardisation;
    std::unique_ptr<Network> m_network;
    RunResult m_result;
};

} // namespace levi
