// SPDX-License-Identifier: Apache-2.0
#include "core/engine/cost_estimate.h"
#include "core/base/error.h"
#include "core/engine/data/kept_data.h"
#include "core/engine/devices.h"
#include "core/engine/features/feature_cache.h"
#include "core/engine/problems.h"
#include "core/engine/run_parts.h"
#include "core/spec/backbones/backbone_options.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/zeros.h>

#include <nlohmann/json.hpp>

#include <cmath>
#include <thread>

namespace levi {
namespace {

// Rough, for "minutes or hours": what a core of today does in float32 on the products of a small network, measured on a
// server core in the packed forward and in small convolutions with their gradients.
constexpr double kForwardRate = 1e11, kTrainingRate = 1e11;
constexpr double kRowSeconds = 1e-6;     // of a row, however little is read of it
constexpr double kPictureSeconds = 5e-5; // to augment and hand over a small picture
constexpr double kNumberSeconds = 2e-9;  // to read, normalise and adapt one cached number
constexpr double kFitPasses = 300;       // over the training rows, of a probe that is fitted at once

double coresUsed(const ExperimentSpec& spec) {
    const double all = std::max(1U, std::thread::hardware_concurrency());
    return spec.compute.threads > 0 ? std::min(all, static_cast<double>(spec.compute.threads)) : all;
}

Standardisation anyStandardisation(std::int64_t slots, std::int64_t width) {
    return {.mean = at::zeros({slots, 1, 2, width}), .scale = at::zeros({slots, 1, 2, width})};
}

// As many features as a method will keep, whichever they are.
at::Tensor anyKept(const ExperimentSpec& spec, const ReadoutPlan& plan, std::int64_t width) {
    if (!plan.selectsFeatures) return {};
    const auto all = static_cast<double>(static_cast<std::int64_t>(plan.slots.size()) * pooledParts(plan.pool) * width);
    const double share = fieldValue(spec, "method.keep_fraction").get<double>();
    return at::arange(std::max<std::int64_t>(1, std::llround(share * all)), at::kLong);
}

// Parameters by part, from a network that is built and dropped.
void countParts(CostEstimate& cost, NetworkSource source) {
    const auto plan = planOf(source.spec, cost.depth);
    if (source.backbone) {
        source.standardisation =
            anyStandardisation(static_cast<std::int64_t>(plan.slots.size()), source.backbone->width);
        source.kept = anyKept(source.spec, plan, source.backbone->width);
    }
    const auto network = networkOf(std::move(source));
    for (const Parameter& parameter : network->parameters()) {
        const std::int64_t count = parameter.value.numel();
        cost.trainableParameters += count;
        if (parameter.pace == Pace::Head) cost.adapterParameters += count;
        if (parameter.pace == Pace::Specialist) cost.specialistParameters += count;
    }
    cost.trainedFlopsPerSample = network->flopsPerSample();
    cost.trainingFlopsPerSample = network->trainingFlopsPerSample();
    for (const int slot : plan.slots)
        if (slot <= cost.depth) cost.taps.push_back(slot);
}

// Low-rank parts are merged for inference; they are not among the parameters that the backbone came with.
void addBackbone(CostEstimate& cost, const ExperimentSpec& spec, const BackboneInfo& info) {
    cost.backboneFlopsPerSample = static_cast<double>(info.flopsPerSample);
    if (!trainsBackbone(spec)) cost.inferenceFlopsPerSample += cost.backboneFlopsPerSample;
    cost.frozenParameters = info.parameters;
    if (backboneMode(spec) != BackboneMode::Lora)
        cost.frozenParameters -= cost.trainableParameters - cost.adapterParameters - cost.specialistParameters;
}

double slotsOf(const ExperimentSpec& spec, int depth) {
    return static_cast<double>(planOf(spec, depth).slots.size());
}

double passSeconds(const CostEstimate& cost, const ExperimentSpec& spec) {
    if (trainsBackbone(spec)) return 0;
    return static_cast<double>(cost.rows - cost.cachedRows) * cost.backboneFlopsPerSample /
           (kForwardRate * coresUsed(spec));
}

// numbers: of the backbone's features that a row has for the method.
double secondsOf(const CostEstimate& cost, const ExperimentSpec& spec, double trainRows, double numbers) {
    const double cores = coresUsed(spec), pass = cost.featureSeconds;
    const double reading = kRowSeconds + kNumberSeconds * numbers + (usesSpecialist(spec) ? kPictureSeconds : 0);
    const double stepSeconds = cost.trainingFlopsPerSample / (kTrainingRate * cores) + 3 * reading;
    const double rowSeconds = cost.trainedFlopsPerSample / (kTrainingRate * cores) + reading;
    if (!trainsInSteps(spec)) return pass + kFitPasses * trainRows * rowSeconds;
    const double evaluations = static_cast<double>(spec.train.epochs) / static_cast<double>(spec.train.evaluateEvery);
    return pass + static_cast<double>(spec.train.epochs) * trainRows * stepSeconds +
           evaluations * static_cast<double>(cost.rows) * rowSeconds;
}

std::int64_t rowsOf(const Dataset& data) {
    std::int64_t rows = 0;
    for (const RowSet& role : data.evaluation.roles)
        rows += role.size();
    return rows;
}

std::optional<ReadingForm> specialistForm(const ExperimentSpec& spec, const Dataset& data) {
    if (!usesSpecialist(spec)) return std::nullopt;
    return specialistView(spec, &data.training.train)->form();
}

} // namespace

double featureShare(const ExperimentSpec& spec, const BackboneInfo& info, const Dataset& data, std::int64_t passRows) {
    const auto flops = static_cast<double>(info.flopsPerSample);
    CostEstimate cost{.depth = static_cast<int>(info.depth), .rows = rowsOf(data)};
    if (trainsBackbone(spec)) {
        cost.trainedFlopsPerSample = flops;
        cost.trainingFlopsPerSample = 3 * flops; // forward, and twice as much backward
    } else {
        countParts(cost, {.spec = spec,
                          .outputs = data.outputs(),
                          .backbone = &info,
                          .specialistReads = specialistForm(spec, data)});
    }
    const double pass = static_cast<double>(passRows) * flops / (kForwardRate * coresUsed(spec));
    const double numbers = static_cast<double>(2 * info.width) * slotsOf(spec, cost.depth);
    const double rest = secondsOf(cost, spec, static_cast<double>(data.training.train.size()), numbers);
    return pass + rest > 0 ? pass / (pass + rest) : 0;
}

CostEstimate costEstimate(const ExperimentSpec& spec, KeptData& kept, const std::filesystem::path& cacheFolder,
                          std::stop_token stop) {
    CostEstimate cost;
    if (spec.method.kind().method.isDerived) return cost;
    const bool isOnCpu = spec.compute.device == "cpu";
    const auto read = kept.read(spec.data, {.cacheFolder = cacheFolder, .stop = stop});
    const Dataset& data = usableDataset(*read);
    cost.rows = rowsOf(data);
    std::optional<BackboneInfo> info;
    std::unique_ptr<Backbone> backbone;
    if (usesBackbone(spec)) {
        backbone = backboneOf(spec, at::kCPU);
        info = backbone->info();
        cost.depth = static_cast<int>(info->depth);
        // Which features a run's weights give is known when that run is found.
        if (!trainsBackbone(spec) && backboneOptions(spec).fromRun.empty()) {
            const auto view = backboneView(spec, *info);
            const FeatureOptions options{.cacheFolder = cacheFolder,
                                         .useCache = !cacheFolder.empty(),
                                         .computedOn = computedOn(spec.compute.device),
                                         .stop = stop};
            cost.cachedRows = cachedRows(*backbone, *view, data.evaluation.roles, options).cached;
            cost.featureKey = featureKey(*backbone, *view, options.computedOn) + " " + data.fingerprint;
        }
    }
    NetworkSource source{.spec = spec,
                         .outputs = data.outputs(),
                         .backbone = info ? &*info : nullptr,
                         .specialistReads = specialistForm(spec, data)};
    if (trainsBackbone(spec)) source.trained = std::move(backbone);
    countParts(cost, std::move(source));
    cost.inferenceFlopsPerSample = cost.trainedFlopsPerSample;
    if (info) addBackbone(cost, spec, *info);
    if (!isOnCpu) return cost; // how fast a GPU is only its finished runs tell
    cost.featureSeconds = passSeconds(cost, spec);
    const double numbers = info ? static_cast<double>(2 * info->width) * slotsOf(spec, cost.depth) : 0;
    cost.seconds = secondsOf(cost, spec, static_cast<double>(data.training.train.size()), numbers);
    return cost;
}

} // namespace levi
