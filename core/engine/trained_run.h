// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/run_setup.h"
#include "core/engine/train/trainer.h"

#include <vector>

namespace levi {

// One run of a method that trains: data, features, training, files. Used once, on one thread.
class TrainedRun {
public:
    TrainedRun(const RunRequest& request, RunObserver& observer, std::stop_token stop);

    RunResult run(); // throws Error and Stopped

private:
    void makeObjective();
    CandidateOptions candidateRules() const;
    void prepare(Candidates& candidates);
    void train(Candidates& candidates);
    void writeArtifacts(const Candidates& candidates);

    RunSetup m_setup;
    std::vector<NamedTensor> m_start;       // heads as training in steps begins with them
    std::unique_ptr<Objective> m_objective; // null: the network's own loss
};

} // namespace levi
