// SPDX-License-Identifier: Apache-2.0
#include "core/engine/backbone_training.h"

#include "core/base/error.h"
#include "core/spec/backbones/backbone_options.h"

#include <algorithm>

namespace levi {
namespace {

BlockGroup groupOf(std::int64_t layer, std::int64_t depth) {
    if (layer <= (depth + 1) / 3) return BlockGroup::First; // with the embeddings
    return layer <= (2 * depth + 1) / 3 ? BlockGroup::Middle : BlockGroup::Last;
}

ParameterChoice choiceOf(BackboneMode mode, BlockGroup group, std::int64_t depth) {
    switch (mode) {
    case BackboneMode::Frozen:
        return noParameter;
    case BackboneMode::Full:
        return everyParameter;
    case BackboneMode::Lora:
        return [](const ParameterPlace& place) { return place.isLowRank; };
    case BackboneMode::Norms:
        return [](const ParameterPlace& place) { return place.isNorm; };
    case BackboneMode::Biases:
        return [](const ParameterPlace& place) { return place.isBias; };
    case BackboneMode::Blocks:
        break;
    }
    return [group, depth](const ParameterPlace& place) { return groupOf(place.layer, depth) == group; };
}

std::int64_t highestRead(const ReadoutPlan& plan) {
    return plan.slots.empty() ? 0 : plan.slots.back();
}

} // namespace

LoraConfig loraConfig(const ExperimentSpec& spec, const BackboneInfo& info, std::int64_t highest) {
    const auto options = backboneOptions(spec);
    LoraConfig config{.rank = options.rank,
                      .alpha = options.alpha,
                      .dropout = options.loraDropout,
                      .rankStabilized = options.rankStabilized};
    config.targets = {.items = options.targets, .pattern = options.targetPattern};
    if (config.targets.empty()) config.targets.items = info.names.loraTargets;
    for (const std::string& text : options.rankPattern) {
        const auto [pattern, rank] = patternValue(text);
        config.rankPattern.emplace_back(pattern, static_cast<std::int64_t>(rank));
    }
    for (const std::string& text : options.alphaPattern)
        config.alphaPattern.push_back(patternValue(text));
    for (std::int64_t block = 0; highest < info.depth && block < highest; ++block)
        config.blocks.push_back(block);
    return config;
}

std::optional<Problem> trainingProblem(const ExperimentSpec& spec, const BackboneInfo& info) {
    const auto mode = backboneMode(spec);
    const auto options = backboneOptions(spec);
    const bool noMiddle = mode == BackboneMode::Blocks && options.blockGroup == BlockGroup::Middle && info.depth == 2;
    if (noMiddle) return Problem{"backbone.block_group", "a backbone of 2 blocks has none in the middle"};
    if (mode == BackboneMode::Biases && !info.hasBiases) {
        const bool isOfMethod = spec.method.kind().method.fixedMode.has_value();
        return Problem{isOfMethod ? "method.kind" : "backbone.mode",
                       fmt::format("{} has no biases that could be trained; train its norms or low-rank parts instead",
                                   info.architecture)};
    }
    if (mode != BackboneMode::Lora) return std::nullopt;
    try {
        loraTargets(loraConfig(spec, info, info.depth), info);
    } catch (const Error& error) {
        return Problem{options.targetPattern.empty() ? "backbone.lora_targets" : "backbone.lora_target_pattern",
                       error.what()};
    }
    return std::nullopt;
}

void setTraining(Backbone& backbone, const ExperimentSpec& spec, const ReadoutPlan& plan,
                 const Initializer& initializer) {
    const auto& info = backbone.info();
    if (const auto problem = trainingProblem(spec, info)) throw Error("{}: {}", problem->path, problem->message);
    const auto mode = backboneMode(spec);
    const auto highest = highestRead(plan);
    if (mode == BackboneMode::Lora && highest > 0)
        backbone.addLowRank(newLowRankParts(loraConfig(spec, info, highest), info, initializer));
    const auto chosen = choiceOf(mode, backboneOptions(spec).blockGroup, info.depth);
    backbone.setTrainable([&](const ParameterPlace& place) { return place.layer <= highest && chosen(place); });
    if (!backbone.trainable())
        throw Error("backbone.mode: {} trains nothing of what the method reads of this backbone", nameOf(mode));
}

PeftAdapter adapterOf(const ExperimentSpec& spec, const BackboneInfo& info, const ReadoutPlan& plan,
                      const std::vector<NamedTensor>& weights) {
    const auto find = [&weights](const std::string& name) {
        const auto found = std::ranges::find(weights, name, &NamedTensor::name);
        if (found == weights.end()) throw Error("the run has no weights '{}'", name);
        return found->tensor;
    };
    const BackboneOptions backbone = backboneOptions(spec);
    const bool isPublished =
        backbone.adapter.empty() && backbone.fromRun.empty(); // else no folder holds what it is for
    PeftAdapter adapter{.config = loraConfig(spec, info, highestRead(plan)), .base = isPublished ? info.folder : ""};
    for (const LoraTarget& target : loraTargets(adapter.config, info))
        adapter.parts.push_back({.module = target.module.name,
                                 .a = find("backbone." + target.module.name + ".lora_A.weight"),
                                 .b = find("backbone." + target.module.name + ".lora_B.weight"),
                                 .scale = target.scale,
                                 .dropout = adapter.config.dropout});
    const bool readable = plan.slots == std::vector{static_cast<int>(info.depth) + 1} && plan.pool == Pool::Cls &&
                          plan.normalization == Normalization::None && plan.hiddenWidth == 0 && !plan.joinsSpecialist &&
                          !info.names.classifier.empty();
    if (!readable) return adapter;
    adapter.saved = {{info.names.classifier + ".weight", find("adapters.output.weight")[0].t().contiguous()},
                     {info.names.classifier + ".bias", find("adapters.output.bias").flatten()}};
    return adapter;
}

void restoreUnit(PeftAdapter& adapter, const Task& task) {
    if (!task.isNumber()) return;
    for (NamedTensor& tensor : adapter.saved) {
        tensor.tensor = tensor.tensor.mul(task.scale.deviation);
        if (tensor.name.ends_with(".bias")) tensor.tensor.add_(task.scale.mean);
    }
}

} // namespace levi
