// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/train/evaluation.h"
#include "core/jobs/run_events.h"

#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace levi {

// A candidate with all that is kept of it.
struct Picked {
    std::int64_t index = -1;          // among the candidates in their order; -1: there is none
    std::vector<NamedTensor> weights; // trained, in order of name
    std::string weightsSha256;
    std::vector<RolePredictions> predictions; // of every role
};

struct CandidateLogits {
    std::int64_t index = 0;
    std::vector<at::Tensor> logits; // per role, float16; numbers float32
};

struct CandidateOptions {
    Preference preference;
    Precision precision = Precision::Fp32;
    std::chrono::steady_clock::time_point runBegan = std::chrono::steady_clock::now();
};

// Measures a network on every role whenever it is told to, tells the observer, and keeps the weights and predictions of
// the state that is best on id_val. Test roles are only measured: what picks sees id_val alone. Does not own anything
// it is made with.
class Candidates {
public:
    Candidates(const Network& network, const InputPlan& inputs, const TrainingRoles& training,
               const EvaluationRoles& evaluation, CandidateOptions options, RunObserver& observer);

    enum class Outcome { Best, NotBest, NotFinite }; // NotFinite: a prediction on id_val; nothing was told or kept

    // The network as it is now, as a candidate that may be picked. `record` says where training stands.
    Outcome offer(CandidateRecord record) { return measure(std::move(record), true); }
    // The same, but never picked: what a run starts from.
    Outcome note(CandidateRecord record) { return measure(std::move(record), false); }

    const Picked& picked() const { return m_picked; }
    const std::vector<CandidateLogits>& all() const { return m_all; }

private:
    Outcome measure(CandidateRecord record, bool mayBePicked);
    void warnOfBlanks(const RolePredictions& role);
    void tell(const CandidateRecord& record, const IdValFigures& figures, bool best);
    void keep(std::vector<RolePredictions> predictions, const std::string& weightsSha256, bool best);

    const Network& m_network;
    const InputPlan& m_inputs;
    const TrainingRoles& m_training;
    const EvaluationRoles& m_evaluation;
    CandidateOptions m_options;
    RunObserver& m_observer;
    BestEpoch m_best;
    Picked m_picked;
    std::set<std::string> m_warned; // roles, once each
    std::vector<CandidateLogits> m_all;
};

// Of names and bytes of tensors in order of name.
std::string weightsSha256(const std::vector<NamedTensor>& weights);

// The trained tensors as they are now, in order of name, on the CPU.
std::vector<NamedTensor> trainedTensors(const Network& network);

} // namespace levi
