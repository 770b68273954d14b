// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/builtin_methods.h"
#include "core/engine/method/convex_probe.h"

namespace levi {
namespace {

ReadoutPlan plan(const ExperimentSpec& spec, int depth) {
    const auto& options = *spec.method.as<LinearProbeOptions>();
    ReadoutPlan plan = readoutPlan(options);
    plan.slots = {lastHiddenState(depth)};
    if (options.fit == ProbeFit::Sgd) return plan;
    plan.normalization = Normalization::None; // the weights are scaled back
    plan.dropout = 0;
    return plan;
}

// Each strength of the penalty is a candidate. The smallest C comes first, so that of equals it is the one picked.
void fit(Network& network, const Preparation& given) {
    const ConvexProbe probe(given, *given.spec.method.as<LinearProbeOptions>());
    probe.sweep([&](const ProbeCandidate& candidate) {
        setHead(network, candidate.head);
        given.candidates.offer({.kind = fmt::format("C={:.3g}", candidate.c),
                                .step = candidate.iterations,
                                .trainLoss = candidate.trainLoss});
    });
}

} // namespace

// One linear layer on last_hidden_state.
Method linearProbe() {
    return TrainedMethod{.plan = plan, .prepare = [](const ExperimentSpec& spec) {
                             return spec.method.as<LinearProbeOptions>()->fit == ProbeFit::Convex ? Phase(fit)
                                                                                                  : Phase();
                         }};
}

} // namespace levi
