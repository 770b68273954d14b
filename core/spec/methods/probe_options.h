// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/fields.h"

#include <cstdint>

namespace levi {

// How the tokens of a hidden state become one vector z. `mean` and `max` leave out prefix tokens (class, distillation);
// padding counts nowhere.
enum class Pool { Cls, Mean, ClsMean, Max, Last };
template<>
inline const std::vector<std::string> kEnumNames<Pool> = {"cls", "mean", "cls+mean", "max", "last"};

// Of z, before it is read: per feature by mean and standard deviation of the training rows, per row by a LayerNorm
// without parameters, not at all, or per row to length 1.
enum class Normalization { Standardize, LayerNorm, None, UnitVector };
template<>
inline const std::vector<std::string> kEnumNames<Normalization> = {"standardize", "layer_norm", "none", "unit_vector"};

inline constexpr const char* kPoolHelp = "cls is the class token (of T5 the first token), mean that of patches or "
                                         "tokens, cls+mean both side by side, max the "
                                         "largest value of each feature, last the last token. Padding counts nowhere. "
                                         "The cache keeps max and last apart from "
                                         "the others: they take a pass of their own.";

// What every method that reads features of the backbone has.
struct ReadoutOptions {
    Pool pool = Pool::ClsMean;
    Normalization normalization = Normalization::Standardize;
    double dropout = 0.0; // on z
};

// How a linear probe comes to its weights: by steps of the optimiser, or by minimising a convex loss.
enum class ProbeFit { Sgd, Convex };
template<>
inline const std::vector<std::string> kEnumNames<ProbeFit> = {"sgd", "convex"};

// Of the features, while a convex probe is fitted: by one mean and deviation of all of them, or of each.
enum class ProbeScaling { Scalar, PerFeature };
template<>
inline const std::vector<std::string> kEnumNames<ProbeScaling> = {"scalar", "per_feature"};

// Multinomial logistic regression with an L2 penalty of inverse strength C, of numbers ridge regression with the
// penalty 1 / C, for each C of logspace(-7, 2, n); the one that is best on id_val counts.
struct ConvexFitOptions {
    ProbeScaling scaling = ProbeScaling::Scalar;
    std::int64_t strengths = 50; // n
};

// A linear layer on last_hidden_state.
struct LinearProbeOptions : ReadoutOptions, ConvexFitOptions {
    ProbeFit fit = ProbeFit::Sgd;
};

// One hidden layer with GELU on last_hidden_state.
struct MlpProbeOptions : ReadoutOptions {
    std::int64_t hiddenWidth = 64;
};

// A linear layer on the concatenation of all tapped hidden states.
struct ConcatProbeOptions : ReadoutOptions {
    LayerChoice taps;
};

// The specialist with a head of its own: no backbone.
struct SpecialistAloneOptions {};

FieldTable linearProbeFields();
FieldTable mlpProbeFields();
FieldTable concatProbeFields();
FieldTable specialistAloneFields();

template<typename S>
using FieldRule = std::function<bool(const S&)>; // when fields apply

template<typename S>
bool always(const S&) {
    return true;
}

// The fields of ReadoutOptions, for the table of a struct that derives from it. `inSteps`: whether it is trained in
// steps, which normalise and hide.
template<typename S>
void addReadout(Fields<S>& f, const FieldRule<S>& inSteps = always<S>) {
    f.add("pool", &ReadoutOptions::pool, "Pooling")
        .help(std::string("How the tokens of a hidden state become one vector: ") + kPoolHelp);
    f.add("normalization", &ReadoutOptions::normalization, "Normalisation")
        .when(inSteps)
        .help("standardize: by mean and deviation of the training rows; layer_norm: each row by itself; unit_vector: "
              "each row scaled to length 1; hidden states differ in scale by orders of magnitude.");
    f.add("dropout", &ReadoutOptions::dropout, "Dropout on z")
        .range(0, 0.95)
        .when(inSteps)
        .help("Share of the pooled features that training hides in each step.");
}

template<typename S>
void addConvexFit(Fields<S>& f, const FieldRule<S>& applies = always<S>) {
    f.add("scaling", &ConvexFitOptions::scaling, "Scaling of the features")
        .when(applies)
        .help("Before the fit: by one mean and deviation of all features, or of each; the weights are scaled back.");
    f.add("strengths", &ConvexFitOptions::strengths, "Strengths of the penalty")
        .range(2, 500)
        .advanced()
        .when(applies)
        .help("Number n of inverse strengths C from 1e-7 to 100 that are tried; the best on id_val counts, of equals "
              "the smallest C.");
}

} // namespace levi
