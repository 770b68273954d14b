// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/method/method.h"
#include "core/spec/methods/derived_options.h"

namespace levi {

// One file each.
Method leviMethod();
Method allLayerProbe();
Method concatProbe();
Method linearProbe();
Method mlpProbe();
Method specialistAlone();
Method fullFineTuning();
Method outputEnsemble();
Method seedEnsemble();

// What methods share.
ReadoutPlan readoutPlan(const ReadoutOptions& options);
ReadoutPlan layerEnsemblePlan(const LayerEnsembleOptions& options, int depth);
// Role by role; the parents agree on classes, roles and rows.
std::vector<RolePredictions> meanPredictions(const std::vector<PredictionsFile>& parents, EnsembleOf average);
int lastHiddenState(int depth); // its slot

} // namespace levi
