// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/backbones/backbone_mode.h"
#include "core/spec/fields.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace levi {

template<>
inline const std::vector<std::string> kEnumNames<BackboneMode> = {"frozen", "full",   "lora",
                                                                  "norms",  "biases", "blocks"};

// Thirds of the blocks; the embeddings belong to the first, the final norm to the last.
enum class BlockGroup { First, Middle, Last };
template<>
inline const std::vector<std::string> kEnumNames<BlockGroup> = {"first", "middle", "last"};

// Low-rank parts beside linear layers, named as PEFT names them.
struct LoraOptions {
    std::int64_t rank = 8;
    double alpha = 8;
    double loraDropout = 0.0;
    bool rankStabilized = false;
    std::vector<std::string> targets;                   // empty: queries and values, whatever the checkpoint calls them
    std::string targetPattern;                          // in their place
    std::vector<std::string> rankPattern, alphaPattern; // "pattern=value"
};

// What every backbone has, whatever its family.
struct BackboneOptions : LoraOptions {
    std::filesystem::path path;    // folder with config.json and model.safetensors; "resource:NAME" is one that we ship
    std::filesystem::path adapter; // PEFT adapter that is merged into the weights; "": none
    std::string fromRun;           // setting whose finished run of the same seed trained the weights; "": as published
    BackboneMode mode = BackboneMode::Frozen;
    BlockGroup blockGroup = BlockGroup::First;
    double learningRate = 3e-5; // of what is trained of the backbone
};

// The part of the spec's backbone that every family has.
BackboneOptions backboneOptions(const ExperimentSpec& spec);

// Peak learning rate of what the mode trains of the backbone, where none was tuned: 3e-5 for all weights or a group of
// blocks, as published recipes have it; what few parameters are trained moves on from there only at 1e-3 (low-rank
// parts, biases) or 3e-3 (norms).
double usualLearningRate(BackboneMode mode);
double usualLearningRate(const ExperimentSpec& spec); // of its mode

// From `base`, whose backbone.learning_rate was meant for what it trains itself, or for all weights where that is
// nothing: gives `made`, the same experiment in another mode, that mode's usual rate. Keeps it where the modes agree.
void adaptLearningRate(ExperimentSpec& made, const ExperimentSpec& base);

// "pattern=value" -> its two sides. Throws Error.
std::pair<std::string, double> patternValue(const std::string& text);

// Rules of the fields below.
bool modeIsOpen(const ExperimentSpec& spec); // the method leaves it to the field `mode`
bool modeIs(const ExperimentSpec& spec, BackboneMode mode);
std::optional<std::string> patternsProblem(const std::vector<std::string>& patterns, bool whole);

template<typename S>
void addLora(Fields<S>& f) {
    const auto isLora = [](const ExperimentSpec& spec, const S&) { return modeIs(spec, BackboneMode::Lora); };
    using L = LoraOptions;
    f.add("lora_rank", &L::rank, "LoRA rank").range(1, 4096).whenSpec(isLora).help("Rank of each low-rank part.");
    f.add("lora_alpha", &L::alpha, "LoRA alpha")
        .range(1e-6, 1e6)
        .whenSpec(isLora)
        .help("The low-rank part is scaled by alpha / rank.");
    f.add("lora_dropout", &L::loraDropout, "LoRA dropout")
        .range(0, 0.95)
        .whenSpec(isLora)
        .help(
            "Share of its input that training hides from the low-rank part; drawn on the CPU, which slows a GPU down.");
    f.add("lora_rank_stabilized", &L::rankStabilized, "Rank-stabilised")
        .advanced()
        .whenSpec(isLora)
        .help("Scales by alpha / sqrt(rank) instead, so that higher ranks learn as fast (rsLoRA).");
    f.add("lora_targets", &L::targets, "LoRA targets")
        .whenSpec(isLora)
        .help(
            "Linear layers to adapt, by their name in the checkpoint or its end (query, output.dense); empty: queries "
            "and values.");
    f.add("lora_target_pattern", &L::targetPattern, "LoRA target pattern")
        .advanced()
        .whenSpec(isLora)
        .help("A regular expression that whole names of linear layers match, in place of the targets; all-linear: all.")
        .check([](const ExperimentSpec&, const S& o) -> std::optional<std::string> {
            if (o.targetPattern.empty() || o.targets.empty()) return std::nullopt;
            return "stands beside lora_targets; leave one of the two empty";
        });
    f.add("lora_rank_pattern", &L::rankPattern, "LoRA ranks")
        .advanced()
        .whenSpec(isLora)
        .help("Other ranks for some layers, as pattern=rank with a regular expression for the name or its end.")
        .check([](const ExperimentSpec&, const S& o) { return patternsProblem(o.rankPattern, true); });
    f.add("lora_alpha_pattern", &L::alphaPattern, "LoRA alphas")
        .advanced()
        .whenSpec(isLora)
        .help("Other alphas for some layers, as pattern=alpha.")
        .check([](const ExperimentSpec&, const S& o) { return patternsProblem(o.alphaPattern, false); });
}

template<typename S>
void addBackbone(Fields<S>& f, const char* whatThePathIs) {
    using B = BackboneOptions;
    f.add("path", &B::path, "Weights").required().help(whatThePathIs);
    f.add("adapter", &B::adapter, "Adapter")
        .advanced()
        .help(
            "Folder of a LoRA adapter in PEFT's format (adapter_config.json, adapter_model.safetensors) that is merged "
            "into the weights before anything else; empty: none.");
    f.add("from_run", &B::fromRun, "Weights of a run")
        .advanced()
        .help("Setting (a spec's name, or the first digits of its cell's key) that trained this backbone: its finished "
              "run of the same seed gives the weights to start from; empty: as published.");
    f.add("mode", &B::mode, "Training of the backbone")
        .whenSpec([](const ExperimentSpec& spec, const S&) { return modeIsOpen(spec); })
        .help("frozen: its features are computed once; full: all of it is trained; lora: low-rank parts beside linear "
              "layers; norms; biases, those of norms included; blocks: one group of blocks.");
    f.add("block_group", &B::blockGroup, "Trained blocks")
        .whenSpec([](const ExperimentSpec& spec, const S&) { return modeIs(spec, BackboneMode::Blocks); })
        .help("Which third of the blocks is trained; the embeddings belong to the first, the final norm to the last.");
    f.add("learning_rate", &B::learningRate, "Backbone learning rate")
        .range(1e-9, 1)
        .advanced()
        .whenSpec([](const ExperimentSpec& spec, const S&) { return !modeIs(spec, BackboneMode::Frozen); })
        .usually([](const ExperimentSpec& spec) { return Json(usualLearningRate(spec)); })
        .help("Peak learning rate of what is trained of the backbone: for all of it usually far below that of the "
              "heads, for low-rank parts, norms or biases ten to a hundred times as high. Where nobody says, and for "
              "baselines that train it another way than the spec does: 3e-5 for all of it or blocks, 1e-3 for low-rank "
              "parts and biases, 3e-3 for norms.");
    addLora(f);
}

} // namespace levi
