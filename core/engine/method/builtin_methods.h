// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/method/method.h"
#include "core/spec/methods/derived_options.h"
#include "core/spec/methods/fine_tuning_options.h"
#include "core/spec/methods/robust_options.h"

namespace levi {

// One file each.
Method leviMethod();
Method allLayerProbe();
Method concatProbe();
Method linearProbe();
Method head2toe();
Method mlpProbe();
Method specialistAlone();
Method fineTuning(); // full, surgical, of norms, of biases, LoRA
Method layerDecay();
Method l2Sp();
Method lpFt();
Method groupDro();
Method irm();
Method vrex();
Method coral();
Method mixup();
Method outputEnsemble();
Method seedEnsemble();
Method weightSoup();
Method wiseFt();

// What methods share.
ReadoutPlan readoutPlan(const ReadoutOptions& options);
ReadoutPlan fineTuningPlan(const FineTuningOptions& options, int depth);
ReadoutPlan robustPlan(const RobustOptions& options, int depth);
ReadoutPlan layerEnsemblePlan(const LayerEnsembleOptions& options, int depth);
std::vector<double> equalWeights(const ExperimentSpec& spec, std::size_t parents);
// Role by role; the parents agree on classes, roles and rows.
std::vector<RolePredictions> meanPredictions(const std::vector<PredictionsFile>& parents, EnsembleOf average);
int lastHiddenState(int depth); // its slot

} // namespace levi
