// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/fields.h"

#include <cstdint>

namespace levi {

// How the tokens of a hidden state become one vector z. `mean` leaves out prefix tokens (class, distillation).
enum class Pool { Cls, Mean, ClsMean };
template<>
inline const std::vector<std::string> kEnumNames<Pool> = {"cls", "mean", "cls+mean"};

// Of z, before it is read: per feature by mean and standard deviation of the training rows, per row by a LayerNorm
// without parameters, or not at all.
enum class Normalization { Standardize, LayerNorm, None };
template<>
inline const std::vector<std::string> kEnumNames<Normalization> = {"standardize", "layer_norm", "none"};

// What every method that reads features of the backbone has.
struct ReadoutOptions {
    Pool pool = Pool::ClsMean;
    Normalization normalization = Normalization::Standardize;
    double dropout = 0.0; // on z
};

// A linear layer on last_hidden_state.
struct LinearProbeOptions : ReadoutOptions {};

// One hidden layer with GELU on last_hidden_state.
struct MlpProbeOptions : ReadoutOptions {
    std::int64_t hiddenWidth = 64;
};

// A linear layer on the concatenation of all tapped hidden states.
struct ConcatProbeOptions : ReadoutOptions {
    LayerChoice taps;
};

// Every parameter of the backbone and a linear head on last_hidden_state.
struct FullFineTuningOptions {
    Pool pool = Pool::Cls;
    double dropout = 0.0;
};

// The specialist with a head of its own: no backbone.
struct SpecialistAloneOptions {};

FieldTable linearProbeFields();
FieldTable mlpProbeFields();
FieldTable concatProbeFields();
FieldTable fullFineTuningFields();
FieldTable specialistAloneFields();

// The fields of ReadoutOptions, for the table of a struct that derives from it.
template<typename S>
void addReadout(Fields<S>& f) {
    f.add("pool", &ReadoutOptions::pool, "Pooling")
        .help("How the tokens of a hidden state become one vector: class token, mean of the patches, or both side by "
              "side.");
    f.add("normalization", &ReadoutOptions::normalization, "Normalisation")
        .help("standardize: by mean and deviation of the training rows; layer_norm: each row by itself; hidden states "
              "differ in scale by orders of magnitude.");
    f.add("dropout", &ReadoutOptions::dropout, "Dropout on z")
        .range(0, 0.95)
        .help("Share of the pooled features that training hides in each step.");
}

} // namespace levi
