// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/train/evaluation.h"
#include "core/engine/train/optimizer.h"
#include "core/jobs/run_events.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace levi {

struct TrainerOptions {
    TrainOptions train;
    PaceOptions specialist, backbone; // heads have train.learningRate and train.weightDecay
    std::uint64_t seed = 0;
    std::stop_token stop;
    std::chrono::steady_clock::time_point runBegan = std::chrono::steady_clock::now();
    std::function<void(std::int64_t epoch, std::int64_t epochs)> progress = [](auto, auto) {};
};

// A candidate with all that is kept of it.
struct Picked {
    std::int64_t index = -1;                  // among the candidates in their order; -1: there is none
    std::vector<NamedTensor> weights;         // trained, in order of name
    std::vector<RolePredictions> predictions; // of every role
};

struct CandidateLogits {
    std::int64_t index = 0;
    std::vector<at::Tensor> logits; // per role, float16
};

struct TrainerResult {
    RunState state = RunState::Done; // Done, Cancelled; Failed where the loss was not finite
    std::string message;
    Picked picked; // also of a run that was stopped or failed, where a candidate was found before
    std::vector<CandidateLogits> candidates;
};

// Trains a network on `train`, measures every role at each candidate, and keeps the one that is best on id_val. Test
// roles are only measured: what trains, stops and picks sees TrainingRoles alone. Loss, gradient or prediction that is
// not finite: training stops at that step with state Failed, because such a run is not what its spec says; the best
// candidate before it is kept, with its weights and predictions, to be looked at.
class Trainer {
public:
    Trainer(const Network& network, const InputPlan& inputs, TrainerOptions options);

    TrainerResult run(const TrainingRoles& training, const EvaluationRoles& evaluation, RunObserver& observer);

private:
    struct Epoch {
        double meanLoss = 0;
        std::optional<std::int64_t> notFiniteAt; // step
    };
    Epoch trainEpoch(const RowSet& train, std::int64_t epoch, RunObserver& observer);
    std::optional<double> step(const StepInput& input); // the loss; nothing where it or its gradient is not finite
    // False where a prediction on id_val is not finite.
    bool evaluate(const TrainingRoles& training, const EvaluationRoles& evaluation, CandidateRecord record,
                  RunObserver& observer);
    void keep(std::int64_t index, std::vector<RolePredictions> predictions, bool best);
    void fail(std::int64_t step, std::int64_t epoch, const std::string& what);

    const Network& m_network;
    const InputPlan& m_inputs;
    TrainerOptions m_options;
    Optimizer m_optimizer;
    BestEpoch m_best;
    std::int64_t m_step = 0, m_steps = 0, m_batches = 0;
    std::int64_t m_candidates = 0, m_withoutBetter = 0;
    TrainerResult m_result;
};

// The trained tensors as they are now, in order of name, on the CPU.
std::vector<NamedTensor> trainedTensors(const Network& network);

} // namespace levi
