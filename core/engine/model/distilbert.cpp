// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/text_families.h"
#include "core/engine/model/text_input.h"

#include <nlohmann/json.hpp>

namespace levi {

// Sanh et al. 2019: BERT without token types and pooler, under names of its own.

namespace {

TextEncoderConfig readConfig(const Checkpoint& checkpoint, std::vector<std::string>& problems) {
    const ConfigReader reader(checkpoint.config, "config.json", problems);
    TextEncoderConfig config;
    config.family = "distilbert";
    config.architecture = firstArchitecture(checkpoint.config);
    if (config.architecture.empty()) config.architecture = "DistilBertModel";
    config.depth = reader.integer("n_layers", kTextDepths, 6);
    config.widthKey = "dim";
    config.width = reader.integer(config.widthKey, kTextWidths, 768);
    config.heads = reader.integer("n_heads", kTextHeads, 12);
    config.mlpWidth = reader.integer("hidden_dim", kTextMlpWidths, 3072);
    config.vocabulary = reader.integer("vocab_size", kVocabularies, 30522);
    config.positions = reader.integer("max_position_embeddings", kTextPositions, 512);
    config.normEpsilon = 1e-12; // no field of the configuration
    config.activation = readActivation(reader, "activation");
    const bool saysNull = checkpoint.config.contains("pad_token_id") && !reader.has("pad_token_id");
    config.pad = saysNull ? -1 : reader.integer("pad_token_id", {0, kVocabularies.most}, 0);
    return config;
}

} // namespace

bool claimsDistilbert(const nlohmann::json& config) {
    return callsItself(config, "distilbert", "DistilBert");
}

Blueprint planDistilbert(const Checkpoint& checkpoint, const OpenOptions& options) {
    TextEncoderPlan plan;
    plan.config = readConfig(checkpoint, plan.problems);
    plan.names.wrapperPrefix = "distilbert.";
    plan.names.blocks = "transformer.layer";
    plan.names.block = {.query = "attention.q_lin",
                        .key = "attention.k_lin",
                        .value = "attention.v_lin",
                        .projection = "attention.out_lin",
                        .norm1 = "sa_layer_norm",
                        .fc1 = "ffn.lin1",
                        .fc2 = "ffn.lin2",
                        .norm2 = "output_layer_norm"};
    plan.names.dense = "pre_classifier";
    plan.names.denseIsTanh = false;
    plan.names.classifier = "classifier";
    plan.names.loraTargets = {"q_lin", "v_lin"};
    plan.names.ignored = {"vocab_transform.", "vocab_layer_norm.", "vocab_projector.",
                          "pre_classifier.",  "classifier.",       "qa_outputs."};
    return planTextEncoder(checkpoint, options, std::move(plan));
}

} // namespace levi
