// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/builtin_methods.h"

namespace levi {

int lastHiddenState(int depth) {
    return depth + 1;
}

ReadoutPlan readoutPlan(const ReadoutOptions& options) {
    return {.pool = options.pool, .normalization = options.normalization, .dropout = options.dropout};
}

ReadoutPlan fineTuningPlan(const FineTuningOptions& options, int depth) {
    return {.slots = {lastHiddenState(depth)}, .pool = options.pool, .dropout = options.dropout};
}

ReadoutPlan robustPlan(const RobustOptions& options, int depth) {
    ReadoutPlan plan = readoutPlan(options);
    plan.slots = {lastHiddenState(depth)};
    plan.hiddenWidth = options.hiddenWidth;
    return plan;
}

ReadoutPlan layerEnsemblePlan(const LayerEnsembleOptions& options, int depth) {
    ReadoutPlan plan = readoutPlan(options);
    plan.slots = resolveLayers(options.taps, depth);
    plan.hiddenWidth = options.adapter == AdapterKind::Mlp ? options.adapterWidth : 0;
    plan.loss = {.of = options.loss, .combine = options.combine};
    return plan;
}

} // namespace levi
