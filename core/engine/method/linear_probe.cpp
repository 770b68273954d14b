// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/builtin_methods.h"

namespace levi {

// One linear layer on last_hidden_state.
Method linearProbe() {
    return TrainedMethod{.plan = [](const ExperimentSpec& spec, int depth) {
        ReadoutPlan plan = readoutPlan(*spec.method.as<LinearProbeOptions>());
        plan.slots = {lastHiddenState(depth)};
        return plan;
    }};
}

} // namespace levi
