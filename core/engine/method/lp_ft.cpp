// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/builtin_methods.h"
#include "core/engine/method/convex_probe.h"

namespace levi {
namespace {

ReadoutPlan plan(const ExperimentSpec& spec, int depth) {
    return fineTuningPlan(*spec.method.as<LpFtOptions>(), depth);
}

void startFromProbe(Network& network, const Preparation& given) {
    setHead(network, ConvexProbe(given, *given.spec.method.as<LpFtOptions>()).best());
}

} // namespace

// Phase 1: the convex probe on the backbone as it is. Phase 2: full fine-tuning from its head (Kumar et al. 2022).
Method lpFt() {
    return TrainedMethod{.plan = plan, .prepare = [](const ExperimentSpec&) { return Phase(startFromProbe); }};
}

} // namespace levi
