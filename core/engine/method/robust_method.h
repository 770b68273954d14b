// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/method/builtin_methods.h"

namespace levi {

// A head on last_hidden_state as the options O say, trained with an objective made of options and training domains.
template<typename O, typename MadeObjective>
Method robustMethod() {
    TrainedMethod method;
    method.plan = [](const ExperimentSpec& spec, int depth) { return robustPlan(*spec.method.as<O>(), depth); };
    method.objective = [](const ExperimentSpec& spec, const TrainingGroups& groups) {
        return std::make_unique<MadeObjective>(*spec.method.as<O>(), groups);
    };
    return method;
}

} // namespace levi
