// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/methods/probe_options.h"

namespace levi {

enum class AdapterKind { Linear, Mlp };
template<>
inline const std::vector<std::string> kEnumNames<AdapterKind> = {"linear", "mlp"};

// How the predictions y_l of the layers become one. learned: sum_l w_l y_l of logits, w the softmax of a trained score
// per layer; all start at 0. Where numbers are predicted they stand in the place of logits, and have no probabilities.
enum class Combine { MeanLogits, MeanProbabilities, Learned };
template<>
inline const std::vector<std::string> kEnumNames<Combine> = {"mean_logits", "mean_probabilities", "learned"};

// parts: the mean over layers of loss(y_l, y); whole: loss(combined prediction, y). With parts a learned combination
// adds loss(sum_l w_l y_l, y) with y_l held fixed, so that it alone learns from that.
enum class LossOf { Parts, Whole };
template<>
inline const std::vector<std::string> kEnumNames<LossOf> = {"parts", "whole"};

// One adapting layer per tapped hidden state: y_l = A_l(norm(pool(h_l))). The all-layer probe, LEVI without its
// specialist.
struct LayerEnsembleOptions : ReadoutOptions {
    LayerChoice taps;
    AdapterKind adapter = AdapterKind::Mlp;
    std::int64_t adapterWidth = 64;
    Combine combine = Combine::MeanLogits;
    LossOf loss = LossOf::Parts;
};

// LEVI: y_l = A_l([norm(pool(h_l)) ; s]) with s the specialist's final output. Our reconstruction of arXiv 2402.04644;
// what the paper leaves open is a field.
struct LeviOptions : LayerEnsembleOptions {
    LeviOptions() { taps.text = "late_half"; } // never far behind where others were tried: docs/levi.md

    double specialistDropout = 0.0;    // on s, where the adapters read it
    double specialistLossWeight = 0.0; // beta of an extra loss on a head of the specialist alone
    bool detachSpecialist = false;     // no gradient from the adapters into s: needs specialistLossWeight > 0
};

FieldTable allLayerProbeFields();
FieldTable leviFields();

} // namespace levi
