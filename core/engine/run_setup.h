// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/dataset.h"
#include "core/engine/features/feature_cache.h"
#include "core/engine/run_parts.h"
#include "core/engine/run_progress.h"
#include "core/jobs/engine.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace levi {

// What a run stands on, whatever it then does with its network: device, data, backbone, features, network. Used once,
// on one thread; request, spec and observer outlive it. `spec` is the request's own, or made of one of its parents':
// then the request's parents are not what the backbone has gone through. Throws Error and Stopped.
class RunSetup {
public:
    RunSetup(const RunRequest& request, const ExperimentSpec& spec, RunObserver& observer, std::stop_token stop);

    void open();  // device, data, backbone, what is read of it
    void build(); // inputs, features, network

    RunFacts facts(); // once open; takes the environment that is known so far
    void environment(const std::string& name, std::string text);
    void note(const std::vector<NamedText>& notes); // in the log and with the run
    double shareNow() const;                        // of the progress bar, once built
    WeightsNotes weightsNotes() const;              // of the run's weights file

    const RunRequest& request;
    const ExperimentSpec& spec;
    RunObserver& observer;
    std::stop_token stop;
    RunProgress progress;
    at::Device device = at::kCPU;
    Dataset data;
    BackboneInfo info; // of the backbone as the run starts from it
    ReadoutPlan plan;
    InputPlan inputs;
    std::shared_ptr<const FeatureTable> startFeatures; // of the backbone as it starts; null: nobody asks for them
    std::unique_ptr<Network> network;
    RunResult result;

private:
    void loadData();
    void openBackbone();
    void planInputs();
    void makeFeatures();
    void planFeatures(std::int64_t passRows);
    void selectFeatures();
    void buildNetwork();
    FeatureOptions featureOptions();
    bool readsPictures() const;
    const char* things() const { return readsPictures() ? "pictures" : "rows"; } // as progress counts them
    std::vector<RowSet> rolesWithFeatures() const;

    std::vector<ParentRun> m_backboneRuns; // that the backbone has gone through
    std::unique_ptr<Backbone> m_backbone;  // frozen; moves into the network where it is trained
    std::string m_publishedFingerprint;
    std::optional<Standardisation> m_standardisation;
    at::Tensor m_kept;   // of a method that selects features
    double m_featureEnd; // of the progress bar
};

} // namespace levi
