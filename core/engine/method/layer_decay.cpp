// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/builtin_methods.h"

namespace levi {

// Full fine-tuning with a learning rate that falls by a factor from each layer to the one below (Clark et al. 2020).
Method layerDecay() {
    return TrainedMethod{.plan = [](const ExperimentSpec& spec, int depth) {
        const auto& options = *spec.method.as<LayerDecayOptions>();
        ReadoutPlan plan = fineTuningPlan(options, depth);
        plan.layerDecay = options.decay;
        return plan;
    }};
}

} // namespace levi
