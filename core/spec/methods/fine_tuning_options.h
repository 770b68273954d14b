// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/methods/probe_options.h"

namespace levi {

// What is trained of the backbone the method says; a linear head reads last_hidden_state.
struct FineTuningOptions {
    Pool pool = Pool::Cls;
    double dropout = 0.0; // before the head
};

// The learning rate of layer l of L blocks is the backbone's times decay ^ (L + 1 - l): the final norm has all of it,
// the embeddings (l = 0) have the least (ELECTRA, BEiT).
struct LayerDecayOptions : FineTuningOptions {
    double decay = 0.75;
};

// loss + strength * |w - w_start|^2 over the backbone's parameters + head_strength * |head|^2 (Li et al. 2018).
struct L2SpOptions : FineTuningOptions {
    double strength = 0.01;
    double headStrength = 0.0;
};

// The convex probe on the backbone as it is, then full fine-tuning from its head (Kumar et al. 2022).
struct LpFtOptions : FineTuningOptions, ConvexFitOptions {};

FieldTable fineTuningFields();
FieldTable layerDecayFields();
FieldTable l2SpFields();
FieldTable lpFtFields();

} // namespace levi
