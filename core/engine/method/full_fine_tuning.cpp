// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/builtin_methods.h"

namespace levi {

// The whole backbone and a linear head on last_hidden_state, which the final norm has normalised already.
Method fullFineTuning() {
    return TrainedMethod{.plan = [](const ExperimentSpec& spec, int depth) {
        const auto& options = *spec.method.as<FullFineTuningOptions>();
        ReadoutPlan plan{.slots = {lastHiddenState(depth)}, .pool = options.pool, .dropout = options.dropout};
        return plan;
    }};
}

} // namespace levi
