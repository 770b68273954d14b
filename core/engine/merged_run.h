// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/method/merged_weights.h"
#include "core/engine/run_setup.h"
#include "core/engine/train/candidates.h"

#include <vector>

namespace levi {

// One run of a method that mixes the weights of finished runs: builds the network of its parents, and measures each
// mixture. Trains nothing. Used once, on one thread.
class MergedRun {
public:
    MergedRun(const RunRequest& request, RunObserver& observer, std::stop_token stop);

    RunResult run(); // throws Error and Stopped

private:
    std::vector<ParentWeights> parents();
    Weights startOf(const ParentRun& parent) const;
    void take(const Weights& weights); // into the network
    IdValFigures measured(const Weights& weights);
    void measure(const Merge& merge, Candidates& candidates);
    void writeArtifacts(const Candidates& candidates);

    const RunRequest& m_request;
    const ExperimentSpec m_spec; // the first parent's, on the device of the request's
    RunSetup m_setup;            // of m_spec
};

} // namespace levi
