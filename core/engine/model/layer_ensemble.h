// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/model/parameter.h"
#include "core/spec/methods/levi_options.h"

#include <vector>

namespace levi {

// T tapped layers, B rows, Z numbers of a pooled hidden state, S of the specialist's output, H hidden, K outputs:
// classes, or the one of a number.

struct AdapterShape {
    std::vector<std::string> layers;  // T: names of the tapped hidden states
    std::int64_t stateWidth = 0;      // Z
    std::int64_t specialistWidth = 0; // S; 0: no specialist
    std::int64_t hiddenWidth = 0;     // H; 0: linear adapters
    std::int64_t outputs = 0;         // K: classes, or 1 of a number
};

// One adapting layer per tapped hidden state: y_l = A_l([z_l ; s]). All of them are one batched product; the adapter of
// a layer starts from the same values whichever other layers are tapped.
class LayerEnsemble {
public:
    LayerEnsemble(AdapterShape shape, const Initializer& initializer);

    // z: (T, B, Z), s: (B, S) or undefined. Returns y: (T, B, K).
    at::Tensor forward(const at::Tensor& z, const at::Tensor& s) const { return output(beforeOutput(z, s)); }
    // In two parts: (T, B, H), or (T, B, Z + S) of linear adapters, is what the last linear layers read.
    at::Tensor beforeOutput(const at::Tensor& z, const at::Tensor& s) const;
    at::Tensor output(const at::Tensor& x) const;

    const std::vector<Parameter>& parameters() const { return m_parameters; }
    std::int64_t flopsPerSample() const; // forward, a multiply-add counts as two

private:
    void addLayer(const std::string& part, std::int64_t in, std::int64_t out, const Initializer& initializer);

    AdapterShape m_shape;
    std::vector<Parameter> m_parameters; // weight (T, in, out) and bias (T, 1, out) of each layer
};

// The prediction of the ensemble from y: (T, B, K). Returns logits (B, K); of mean probabilities, their logarithm.
// scores: (T), of a learned combination.
at::Tensor combined(const at::Tensor& y, Combine how, const at::Tensor& scores = {});

// predictionLoss of each y_l and then the mean over layers, or of the combined prediction. With Parts and a learned
// combination, plus that of the combination of y as it is, for the scores alone.
struct EnsembleLoss {
    LossOf of = LossOf::Parts;
    Combine combine = Combine::MeanLogits;
    double labelSmoothing = 0;
    at::Tensor scores; // of a learned combination
};
at::Tensor ensembleLoss(const at::Tensor& y, const at::Tensor& targets, const EnsembleLoss& loss);

// Mean over the batch of outputs (B, K): cross-entropy where the targets (B) are classes (int64), the squared error of
// the one output where they are numbers (float32).
at::Tensor predictionLoss(const at::Tensor& outputs, const at::Tensor& targets, double labelSmoothing);

} // namespace levi
