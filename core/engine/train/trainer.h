// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/train/candidates.h"
#include "core/engine/train/objective.h"
#include "core/engine/train/optimizer.h"
#include "core/engine/train/weight_average.h"
#include "core/jobs/run_events.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace levi {

// Where training stands.
struct TrainingStand {
    std::int64_t epoch = 0, epochs = 0; // that are over, of how many
    double share = 0;                   // of all its time, as far as that is known; 0 to 1
};

struct TrainerOptions {
    TrainOptions train;
    PaceOptions specialist, backbone; // heads have train.learningRate and train.weightDecay
    Objective* objective = nullptr;   // null: the network's own loss
    std::uint64_t seed = 0;
    std::stop_token stop;
    std::chrono::steady_clock::time_point runBegan = std::chrono::steady_clock::now();
    std::function<void(const TrainingStand&)> progress = [](const auto&) {}; // after each step and evaluation
};

struct TrainerResult {
    RunState state = RunState::Done; // Done, Cancelled; Failed where the loss was not finite or memory ran out
    std::string message;
};

// Trains a network on `train` and offers it as a candidate every so many epochs. What trains and stops sees training
// rows and id_val alone. Loss, gradient or prediction that is not finite: training stops at that step with state
// Failed, because such a run is not what its spec says; the best candidate before it is kept, to be looked at. So it is
// where memory runs out.
class Trainer {
public:
    Trainer(const Network& network, const InputPlan& inputs, TrainerOptions options);

    TrainerResult run(const RowSet& train, Candidates& candidates, RunObserver& observer);

private:
    // The mean loss; nothing where one or its gradient is not finite, at the step that it came to.
    std::optional<double> trainEpoch(const RowSet& train, std::int64_t epoch, RunObserver& observer);
    at::Tensor lossOf(const StepInput& input) const;
    std::optional<double> step(const StepInput& input); // the loss; nothing where it or its gradient is not finite
    // The weights and, where there is one, their average. False where training is to stop: patience is at an end, or a
    // prediction on id_val is not finite.
    bool evaluated(Candidates& candidates, std::int64_t epoch, double meanLoss);
    void tellProgress(std::int64_t epochsOver);
    double stepsShare() const; // of the time of training: evaluations take the rest
    void fail(std::int64_t step, std::int64_t epoch, const std::string& what, const Candidates& candidates);

    const Network& m_network;
    const InputPlan& m_inputs;
    TrainerOptions m_options;
    Optimizer m_optimizer;
    std::optional<WeightAverage> m_average;
    std::int64_t m_step = 0, m_steps = 0, m_batches = 0;
    std::int64_t m_evaluations = 0, m_stepsTimed = 0; // steps of the epochs that are over
    double m_stepSeconds = 0, m_evaluationSeconds = 0;
    double m_shareTold = 0;
    std::int64_t m_withoutBetter = 0;
    TrainerResult m_result;
};

CandidateOptions candidateOptions(const TrainerOptions& options);
void setTrainedTensors(const Network& network, const std::vector<NamedTensor>& values); // of all its parameters

} // namespace levi
