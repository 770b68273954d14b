// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/builtin_methods.h"

namespace levi {

// LEVI without its specialist.
Method allLayerProbe() {
    return TrainedMethod{.plan = [](const ExperimentSpec& spec, int depth) {
        ReadoutPlan plan = layerEnsemblePlan(*spec.method.as<LayerEnsembleOptions>(), depth);
        return plan;
    }};
}

} // namespace levi
