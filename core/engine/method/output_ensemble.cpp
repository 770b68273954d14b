// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/builtin_methods.h"
#include "core/spec/methods/derived_options.h"

#include <ATen/ops/stack.h>

namespace levi {
namespace {

// parents' logits: (P, N, K) -> (N, K)
at::Tensor averaged(const at::Tensor& logits, EnsembleOf average) {
    return combined(logits, average == EnsembleOf::Logits ? Combine::MeanLogits : Combine::MeanProbabilities);
}

} // namespace

std::vector<RolePredictions> meanPredictions(const std::vector<PredictionsFile>& parents, EnsembleOf average) {
    std::vector<RolePredictions> result = parents.front().roles;
    const bool isNumber = parents.front().isNumber();
    for (std::size_t role = 0; role < result.size(); ++role) {
        std::vector<at::Tensor> logits;
        for (const PredictionsFile& parent : parents)
            logits.push_back(parent.roles[role].logits);
        result[role].logits = averaged(at::stack(logits), isNumber ? EnsembleOf::Logits : average).contiguous();
    }
    return result;
}

std::vector<double> equalWeights(const ExperimentSpec&, std::size_t parents) {
    return std::vector(parents, 1.0 / static_cast<double>(parents));
}

// The mean of the predictions of finished runs; retrains nothing.
Method outputEnsemble() {
    return DerivedMethod{.combine =
                             [](const ExperimentSpec& spec, const std::vector<PredictionsFile>& parents) {
                                 return meanPredictions(parents, spec.method.as<OutputEnsembleOptions>()->average);
                             },
                         .weights = equalWeights};
}

} // namespace levi
