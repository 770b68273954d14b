// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/method/readout_network.h"
#include "core/engine/model/peft_format.h"
#include "core/spec/experiment_spec.h"
#include "core/spec/validate.h"

#include <optional>

namespace levi {

// What the spec trains of a backbone. The first third of the blocks has round(L / 3) of them, the last one as many.

// highest: the layer up to which something is adapted.
LoraConfig loraConfig(const ExperimentSpec& spec, const BackboneInfo& info, std::int64_t highest);

// Why this backbone cannot be trained so, at the field that says so.
std::optional<Problem> trainingProblem(const ExperimentSpec& spec, const BackboneInfo& info);

// Adds new low-rank parts where the mode says so, and chooses the parameters that change: up to the highest layer that
// the plan reads, since the rest would learn nothing. Throws Error naming the field.
void setTraining(Backbone& backbone, const ExperimentSpec& spec, const ReadoutPlan& plan,
                 const Initializer& initializer);

// The adapter that a LoRA run has trained, from its weights by name. The head travels with it where others can read it:
// one linear layer on the class token of last_hidden_state.
// restoreUnit: others know nothing of how we standardise numbers, so their head gives them in their own unit.
PeftAdapter adapterOf(const ExperimentSpec& spec, const BackboneInfo& info, const ReadoutPlan& plan,
                      const std::vector<NamedTensor>& weights);
void restoreUnit(PeftAdapter& adapter, const Task& task);

} // namespace levi
