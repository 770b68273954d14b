// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/builtin_methods.h"

namespace levi {

// The specialist with a head of its own; no hidden state is read.
Method specialistAlone() {
    return TrainedMethod{.plan = [](const ExperimentSpec&, int) { return ReadoutPlan{}; }};
}

} // namespace levi
