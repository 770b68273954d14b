// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/method/method.h"

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

// What methods share.
ReadoutPlan readoutPlan(const ReadoutOptions& options);
ReadoutPlan layerEnsemblePlan(const LayerEnsembleOptions& options, int depth);
int lastHiddenState(int depth); // its slot

} // namespace levi
