// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/feature_selection.h"

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/engine/train/evaluation.h"
#include "core/engine/train/optimizer.h"
#include "core/engine/train/work_done.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/sort.h>

#include <algorithm>
#include <cmath>

namespace levi {
namespace {

InputPlan inputsOf(const SelectionSource& source) {
    return {.slots = source.plan.slots,
            .features = source.features,
            .device = source.device,
            .seed = source.spec.seed,
            .stop = source.stop};
}

// A head of the plan on some of its features, with first values that no other head of the run has.
ReadoutNetwork headOn(const SelectionSource& source, const at::Tensor& kept, const char* purpose) {
    ReadoutParts parts{
        .outputs = source.outputs, .depth = source.depth, .width = source.features->width(), .kept = kept};
    return {source.plan, std::move(parts), Initializer(streamSeed(source.spec.seed, purpose), source.device)};
}

// The head's weights, (1, J, K).
const at::Tensor& weightsOf(const ReadoutNetwork& head) {
    return head.parameters().front().value;
}

void fit(const ReadoutNetwork& head, const SelectionSource& source, const SelectionRecipe& recipe) {
    const InputPlan inputs = inputsOf(source);
    const TrainOptions cosine{.warmupShare = 0};
    Optimizer adam(head.parameters(), {.head = {.learningRate = recipe.learningRate}});
    std::int64_t step = 0, rows = 0;
    for (std::int64_t epoch = 1; step < recipe.steps; ++epoch) {
        auto pass = trainingPass(inputs, source.roles.train, source.spec.train.batchSize, epoch);
        for (auto input = pass.next(); input && step < recipe.steps; input = pass.next(), ++step) {
            adam.clearGradients();
            auto loss = head.loss(*input, 0, {.seed = source.spec.seed, .step = step});
            if (recipe.groupLasso > 0) loss = loss.add(weightsOf(head).norm(2, 2).sum(), recipe.groupLasso);
            if (!std::isfinite(loss.item<double>()))
                throw Error("The selection of features diverged at step {}; lower method.selection_learning_rate",
                            step);
            loss.backward();
            rows += input->targets.size(0);
            adam.step(scheduleShare(step, recipe.steps, cosine));
            source.progress(step + 1, recipe.steps);
        }
    }
    adam.clearGradients();
    addWork(static_cast<double>(rows) * head.trainingFlopsPerSample());
}

std::int64_t featureCount(const SelectionSource& source) {
    return static_cast<std::int64_t>(source.plan.slots.size()) * pooledParts(source.plan.pool) *
           source.features->width();
}

} // namespace

at::Tensor featureScores(const SelectionSource& source, const SelectionRecipe& recipe) {
    const auto all = at::arange(featureCount(source), at::kLong);
    const auto head = headOn(source, all, "feature selection");
    fit(head, source, recipe);
    return weightsOf(head).detach().to(at::kCPU)[0].square().sum(1);
}

at::Tensor largest(const at::Tensor& scores, double share) {
    const auto count =
        std::clamp<std::int64_t>(std::llround(share * static_cast<double>(scores.size(0))), 1, scores.size(0));
    const auto order = std::get<1>(at::sort(scores, /*stable=*/true, /*dim=*/0, /*descending=*/true));
    return std::get<0>(at::sort(order.slice(0, 0, count)));
}

double bestShare(const SelectionSource& source, const SelectionRecipe& recipe, const at::Tensor& scores,
                 const std::vector<double>& shares) {
    BestEpoch best(preferenceOf(source.spec));
    double found = shares.front();
    for (const double share : shares) {
        const auto head = headOn(source, largest(scores, share), "feature selection, trial");
        fit(head, source, {.steps = recipe.steps, .learningRate = recipe.learningRate});
        RolePredictions idVal;
        const auto figures = idValFigures(head, inputsOf(source), source.roles.idVal, idVal);
        if (figures && best.offer(*figures)) found = share;
    }
    return found;
}

} // namespace levi
