// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/builtin_methods.h"

namespace levi {

// The mean of the predictions of several seeds of one setting; which ones, the store's parents say (jobs/parents.h).
Method seedEnsemble() {
    return DerivedMethod{.combine =
                             [](const ExperimentSpec& spec, const std::vector<PredictionsFile>& parents) {
                                 return meanPredictions(parents, spec.method.as<SeedEnsembleOptions>()->average);
                             },
                         .weights = equalWeights};
}

} // namespace levi
