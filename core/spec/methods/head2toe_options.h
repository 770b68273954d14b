// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/methods/probe_options.h"

namespace levi {

// A linear head on those features of all tapped hidden states that a first head, trained under a group lasso, found
// worth reading (Evci et al. 2022). Each layer's vector, what is kept of it, is scaled to length 1 row by row. The
// features of last_hidden_state are always among those to choose from.
struct Head2ToeOptions {
    LayerChoice taps;
    Pool pool = Pool::ClsMean;
    double keepFraction = 0.1;           // of all features, the same threshold for all layers
    std::vector<double> keepFractions;   // to choose from on id_val; empty: keepFraction
    double groupLasso = 1e-4;            // lambda of lambda sum_j ||W_j||, j a feature, W_j its weights
    std::int64_t selectionSteps = 500;   // of the first head
    double selectionLearningRate = 0.01; // its Adam's, from there to 0 along a cosine
    double dropout = 0.0;                // on the kept features
};

FieldTable head2toeFields();

} // namespace levi
