// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/builtin_methods.h"
#include "core/spec/methods/head2toe_options.h"

#include <fmt/ranges.h>

namespace levi {
namespace {

ReadoutPlan planOfHead2Toe(const ExperimentSpec& spec, int depth) {
    const auto& options = *spec.method.as<Head2ToeOptions>();
    ReadoutPlan plan{.slots = resolveLayers(options.taps, depth),
                     .concatenate = true,
                     .pool = options.pool,
                     .normalization = Normalization::UnitVector,
                     .dropout = options.dropout,
                     .selectsFeatures = true};
    plan.slots.push_back(lastHiddenState(depth));
    return plan;
}

// How many features of each layer are kept: "1=0 2=17 last=42".
std::string countsText(const SelectionSource& source, const at::Tensor& kept) {
    const std::int64_t perLayer = pooledParts(source.plan.pool) * source.features->width();
    std::vector<std::string> texts;
    for (std::size_t t = 0; t < source.plan.slots.size(); ++t) {
        const auto ofLayer = kept.floor_divide(perLayer).eq(static_cast<std::int64_t>(t)).sum().item<std::int64_t>();
        const int slot = source.plan.slots[t];
        texts.push_back(fmt::format("{}={}", slot > source.depth ? "last" : std::to_string(slot), ofLayer));
    }
    return fmt::format("{}", fmt::join(texts, " "));
}

FeatureSelection selectFeatures(const SelectionSource& source) {
    const auto& options = *source.spec.method.as<Head2ToeOptions>();
    const SelectionRecipe recipe{.groupLasso = options.groupLasso,
                                 .steps = options.selectionSteps,
                                 .learningRate = options.selectionLearningRate};
    const auto scores = featureScores(source, recipe);
    const double share =
        options.keepFractions.empty() ? options.keepFraction : bestShare(source, recipe, scores, options.keepFractions);
    FeatureSelection selection{.kept = largest(scores, share), .notes = {}};
    selection.notes = {{"keep_fraction", fmt::format("{}", share)},
                       {"kept_features", countsText(source, selection.kept)}};
    return selection;
}

} // namespace

Method head2toe() {
    return TrainedMethod{.plan = planOfHead2Toe, .select = selectFeatures};
}

} // namespace levi
