// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/dataset.h"
#include "core/engine/train/network.h"
#include "core/store/run_records.h"

#include <string>
#include <vector>

namespace levi {

// What the trainer minimises, one step after the other; it may keep a state between steps. One run, one objective. The
// trainer's own, where it is given none, is the network's loss on the batch: the empirical risk.
class Objective {
public:
    virtual ~Objective() = default;

    // Once, before the first of so many steps.
    virtual void begin(std::int64_t /*steps*/) {}
    // A scalar with gradients, of step draws.step.
    virtual at::Tensor loss(const Network& network, const StepInput& input, double labelSmoothing,
                            const StepDraws& draws) = 0;
    // Whether what is minimised jumps at this step, so that the optimiser's moving averages must not be carried over.
    virtual bool jumpsAt(std::int64_t /*step*/) const { return false; }
    // What it has come to, for the log and the record of the run: ("group_weights", "art=0.41 photo=0.59").
    virtual std::vector<NamedText> notes() const { return {}; }
};

// The domains that an objective may tell apart.
struct TrainingGroups {
    std::vector<std::int64_t> domains; // with a training row, ascending: values of StepInput::groups
    std::vector<std::string> names;
};
TrainingGroups trainingGroups(const RowSet& train);

} // namespace levi
