// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/engine/data/load.h"
#include "core/engine/features/feature_cache.h"
#include "core/engine/problems.h"
#include "core/engine/run_parts.h"

#include <ATen/ops/zeros.h>

#include <nlohmann/json.hpp>

#include <thread>

namespace levi {
namespace {

// Rough, for "minutes or hours": what a core of today does in float32 on the products of a small network, measured on a
// server core (100 GFLOP/s in the packed forward, 50 in small convolutions with their gradients).
constexpr double kForwardRate = 1e11, kTrainingRate = 5e10;
constexpr double kCachedRowSeconds = 5e-5; // to read, normalise and adapt one cached row

double coresUsed(const ExperimentSpec& spec) {
    const double all = std::max(1U, std::thread::hardware_concurrency());
    return spec.compute.threads > 0 ? std::min(all, static_cast<double>(spec.compute.threads)) : all;
}

Standardisation anyStandardisation(std::int64_t slots, std::int64_t width) {
    return {.mean = at::zeros({slots, 1, 2, width}), .scale = at::zeros({slots, 1, 2, width})};
}

// Parameters by part, from a network that is built and dropped.
void countParts(CostEstimate& cost, const ExperimentSpec& spec, const BackboneInfo* info, std::int64_t classes) {
    const auto plan = planOf(spec, cost.depth);
    NetworkSource source{.spec = spec, .classes = classes, .backbone = info};
    if (info) source.standardisation = anyStandardisation(static_cast<std::int64_t>(plan.slots.size()), info->width);
    const auto network = networkOf(std::move(source));
    for (const Parameter& parameter : network->parameters())
        (parameter.pace == Pace::Specialist ? cost.specialistParameters : cost.adapterParameters) +=
            parameter.value.numel();
    cost.trainableParameters = cost.adapterParameters + cost.specialistParameters;
    cost.trainedFlopsPerSample = network->flopsPerSample();
    for (const int slot : plan.slots)
        if (slot <= cost.depth) cost.taps.push_back(slot);
}

void addBackbone(CostEstimate& cost, const ExperimentSpec& spec, const BackboneInfo& info) {
    cost.backboneFlopsPerSample = static_cast<double>(info.flopsPerSample);
    cost.inferenceFlopsPerSample = cost.trainedFlopsPerSample + cost.backboneFlopsPerSample;
    if (!trainsBackbone(spec)) {
        cost.frozenParameters = info.parameters;
        return;
    }
    cost.trainableParameters += info.parameters;
    cost.trainedFlopsPerSample += cost.backboneFlopsPerSample;
}

double secondsOf(const CostEstimate& cost, const ExperimentSpec& spec, double trainRows) {
    const double cores = coresUsed(spec);
    const auto missing = static_cast<double>(cost.rows - cost.cachedRows);
    const bool frozen = cost.frozenParameters > 0;
    const double pass = frozen ? missing * cost.backboneFlopsPerSample / (kForwardRate * cores) : 0;
    const double evaluations = static_cast<double>(spec.train.epochs) / static_cast<double>(spec.train.evaluateEvery);
    const double rowSeconds = cost.trainedFlopsPerSample / (kTrainingRate * cores) + kCachedRowSeconds;
    return pass + static_cast<double>(spec.train.epochs) * trainRows * 3 * rowSeconds +
           evaluations * static_cast<double>(cost.rows) * rowSeconds;
}

} // namespace

CostEstimate costEstimate(const ExperimentSpec& spec, const std::filesystem::path& cacheFolder, std::stop_token stop) {
    CostEstimate cost;
    if (spec.method.kind().method.isDerived) return cost;
    const auto data = loadDataset(spec.data, {.cacheFolder = cacheFolder, .stop = std::move(stop)});
    for (const RowSet& role : data.evaluation.roles)
        cost.rows += role.size();
    std::optional<BackboneInfo> info;
    if (usesBackbone(spec)) {
        const auto backbone = backboneOf(spec, at::kCPU);
        info = backbone->info();
        cost.depth = static_cast<int>(info->depth);
        if (!trainsBackbone(spec))
            cost.cachedRows =
                cachedRows(*backbone, backboneView(spec, *info), data.evaluation.roles, cacheFolder).cached;
    }
    countParts(cost, spec, info ? &*info : nullptr, static_cast<std::int64_t>(data.classes.size()));
    cost.inferenceFlopsPerSample = cost.trainedFlopsPerSample;
    if (info) addBackbone(cost, spec, *info);
    cost.seconds = secondsOf(cost, spec, static_cast<double>(data.training.train.size()));
    return cost;
}

} // namespace levi
