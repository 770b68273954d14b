// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/builtin_methods.h"

namespace levi {

// An adapting layer per tapped hidden state, each of which also reads the specialist's output (arXiv 2402.04644).
Method leviMethod() {
    return TrainedMethod{.plan = [](const ExperimentSpec& spec, int depth) {
        const auto& options = *spec.method.as<LeviOptions>();
        ReadoutPlan plan = layerEnsemblePlan(options, depth);
        plan.joinsSpecialist = true;
        plan.specialistDropout = options.specialistDropout;
        plan.specialistLossWeight = options.specialistLossWeight;
        plan.detachSpecialist = options.detachSpecialist;
        return plan;
    }};
}

} // namespace levi
