// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/features/feature_table.h"
#include "core/engine/model/backbone.h"
#include "core/engine/model/layer_ensemble.h"
#include "core/engine/model/specialists/specialist.h"
#include "core/engine/train/network.h"
#include "core/spec/methods/probe_options.h"

#include <memory>
#include <optional>
#include <vector>

namespace levi {

// What a method reads and how it is put together: all methods of the first house are points in this space.
struct ReadoutPlan {
    std::vector<int> slots;   // hidden states, ascending; depth + 1 is last_hidden_state. Empty: the specialist alone
    bool concatenate = false; // one adapter on all of them side by side
    Pool pool = Pool::ClsMean;
    Normalization normalization = Normalization::None;
    double dropout = 0;           // on z
    std::int64_t hiddenWidth = 0; // of the adapters; 0: linear
    EnsembleLoss loss;            // labelSmoothing is given with each step
    bool joinsSpecialist = false; // the adapters read s
    double specialistDropout = 0; // on s
    double specialistLossWeight = 0;
    bool detachSpecialist = false;
    double layerDecay = 1;        // of the backbone's learning rate, from each layer to the one below
    double startPenalty = 0;      // on squared distances of the backbone's weights from their start: see l2_sp.cpp
    double headPenalty = 0;       // on squares of the head's weights
    bool selectsFeatures = false; // reads ReadoutParts::kept alone; concatenates
};

// The parts of a network beside its adapters; what a plan does not need is null.
struct ReadoutParts {
    std::int64_t outputs = 0;          // classes, or 1 of a number
    std::int64_t depth = 0, width = 0; // of the backbone
    std::unique_ptr<Backbone> trained; // knows what of it is; null: it is frozen, features come from outside
    std::unique_ptr<Specialist> specialist;
    std::optional<Standardisation> standardisation; // of the plan's slots
    at::Tensor kept; // (J) int64, ascending: the features that are read, of all of them side by side; undefined: all
};

PooledPair pairOf(Pool pool); // that a backbone has to give

// What is read of pooled states, of such a pair: (T, B, 2, D) -> (T, B, P, D), P 1 or 2.
at::Tensor poolSelected(const at::Tensor& pooled, Pool pool);
std::int64_t pooledParts(Pool pool); // vectors of a layer that are read: P

// z_l = norm(pool(h_l)); y_l = A_l([z_l ; s]); prediction = y_l combined. Without slots: a linear head on s.
class ReadoutNetwork : public Network {
public:
    ReadoutNetwork(ReadoutPlan plan, ReadoutParts parts, const Initializer& initializer);

    const std::vector<Parameter>& parameters() const override { return m_parameters; }
    std::vector<NamedTensor> constants() const override;
    at::Tensor logits(const StepInput& input) const override;
    StepOutput output(const StepInput& input, const StepDraws& draws) const override;
    at::Tensor loss(const StepInput& input, double labelSmoothing, const StepDraws& draws) const override;
    std::vector<NamedText> notes() const override;
    double flopsPerSample() const override;
    double trainingFlopsPerSample() const override;

private:
    // draws: of a training step; null: no dropout in the backbone. z: (T, B, Z), or (1, B, T * Z) side by side
    at::Tensor states(const StepInput& input, const StepDraws* draws) const;
    double ownFlops() const;                            // of all but the backbone
    at::Tensor ownLogits(const at::Tensor& s) const;    // of the specialist's head
    at::Tensor predictionOf(const at::Tensor& y) const; // y: (T, B, K)
    at::Tensor beforeOutput(const StepInput& input, const at::Tensor& s, const StepDraws& draws) const; // with dropout
    at::Tensor headInput(const at::Tensor& s, const StepDraws& draws) const;                            // with dropout
    void addSpecialist(const Initializer& initializer);
    void addBackbone();
    void addEnsemble(const Initializer& initializer);
    void keepFeatures();
    at::Tensor keptStates(const at::Tensor& z) const; // (T, B, Z) -> (1, B, J)
    std::string layerName(int slot) const;            // "8", "last"
    EnsembleLoss ensembleKind() const;                // of the plan, with the scores as they are

    ReadoutPlan m_plan;
    ReadoutParts m_parts;
    std::optional<LayerEnsemble> m_ensemble;
    std::vector<at::Tensor> m_kept;    // of each layer, positions in its z; empty: all are read
    std::vector<Parameter> m_head;     // of the specialist: weight, bias
    std::optional<Parameter> m_scores; // (T) of a learned combination
    std::vector<Parameter> m_parameters;
};

} // namespace levi
