// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/builtin_methods.h"

namespace levi {

// One linear layer on all tapped hidden states side by side.
Method concatProbe() {
    return TrainedMethod{.plan = [](const ExperimentSpec& spec, int depth) {
        const auto& options = *spec.method.as<ConcatProbeOptions>();
        ReadoutPlan plan = readoutPlan(options);
        plan.slots = resolveLayers(options.taps, depth);
        plan.concatenate = true;
        return plan;
    }};
}

} // namespace levi
