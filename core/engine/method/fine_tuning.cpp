// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/builtin_methods.h"

namespace levi {

// A part of the backbone and a linear head on last_hidden_state, which the final norm has normalised already. Which
// part, the kind's traits say: all of it, one group of blocks (surgical fine-tuning, Lee et al. 2023), norms, biases
// (BitFit, Ben Zaken et al. 2022), or low-rank parts (LoRA, Hu et al. 2022).
Method fineTuning() {
    return TrainedMethod{.plan = [](const ExperimentSpec& spec, int depth) {
        return fineTuningPlan(*spec.method.as<FineTuningOptions>(), depth);
    }};
}

} // namespace levi
