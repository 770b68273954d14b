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
};

// The parts of a network beside its adapters; what a plan does not need is null.
struct ReadoutParts {
    std::int64_t classes = 0;
    std::int64_t depth = 0, width = 0; // of the backbone
    std::unique_ptr<Backbone> trained; // null: the backbone is frozen, features come from outside
    std::unique_ptr<Specialist> specialist;
    std::optional<Standardisation> standardisation; // of the plan's slots
};

// z_l = norm(pool(h_l)); y_l = A_l([z_l ; s]); prediction = mean of y_l. Without slots: a linear head on s.
class ReadoutNetwork : public Network {
public:
    ReadoutNetwork(ReadoutPlan plan, ReadoutParts parts, const Initializer& initializer);

    const std::vector<Parameter>& parameters() const override { return m_parameters; }
    std::vector<NamedTensor> constants() const override;
    at::Tensor logits(const StepInput& input) const override;
    at::Tensor loss(const StepInput& input, double labelSmoothing, const StepDraws& draws) const override;
    double flopsPerSample() const override;

private:
    at::Tensor states(const StepInput& input) const; // z: (T, B, Z), or (1, B, T * Z) side by side
    at::Tensor ownLogits(const at::Tensor& s) const; // of the specialist's head
    void addSpecialist(const Initializer& initializer);
    void addBackbone();
    void addEnsemble(const Initializer& initializer);

    ReadoutPlan m_plan;
    ReadoutParts m_parts;
    std::optional<LayerEnsemble> m_ensemble;
    std::vector<Parameter> m_head; // of the specialist: weight, bias
    std::vector<Parameter> m_parameters;
};

} // namespace levi
