// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/builtin_methods.h"

namespace levi {

// One hidden layer on last_hidden_state.
Method mlpProbe() {
    return TrainedMethod{.plan = [](const ExperimentSpec& spec, int depth) {
        const auto& options = *spec.method.as<MlpProbeOptions>();
        ReadoutPlan plan = readoutPlan(options);
        plan.slots = {lastHiddenState(depth)};
        plan.hiddenWidth = options.hiddenWidth;
        return plan;
    }};
}

} // namespace levi
