// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/text_families.h"
#include "core/engine/model/text_input.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace levi {

bool claimsBert(const nlohmann::json& config) {
    if (callsItself(config, "bert", "Bert")) return true;
    // The first configurations say neither what they are nor which class they belong to.
    const bool nameless = !config.contains("model_type") && !config.contains("architectures");
    return nameless && config.contains("type_vocab_size") && config.contains("num_hidden_layers");
}

TextEncoderConfig readBertConfig(const Checkpoint& checkpoint, const BertDefaults& defaults,
                                 std::vector<std::string>& problems) {
    const ConfigReader reader(checkpoint.config, "config.json", problems);
    TextEncoderConfig config;
    config.family = defaults.family;
    config.architecture = firstArchitecture(checkpoint.config);
    if (config.architecture.empty()) config.architecture = defaults.architecture;
    config.depth = reader.integer("num_hidden_layers", kTextDepths, 12);
    config.width = reader.integer("hidden_size", kTextWidths, 768);
    config.heads = reader.integer("num_attention_heads", kTextHeads, 12);
    config.mlpWidth = reader.integer("intermediate_size", kTextMlpWidths, 3072);
    config.vocabulary = reader.integer("vocab_size", kVocabularies, defaults.vocabulary);
    config.positions = reader.integer("max_position_embeddings", kTextPositions, 512);
    config.tokenTypes = reader.integer("type_vocab_size", {1, 1024}, 2);
    config.normEpsilon = reader.number("layer_norm_eps", 1e-30, 0.1, 1e-12);
    config.activation = readActivation(reader, "hidden_act");
    const bool saysNull = checkpoint.config.contains("pad_token_id") && !reader.has("pad_token_id");
    config.pad = saysNull ? -1 : reader.integer("pad_token_id", {0, kVocabularies.most}, defaults.pad);
    if (const auto kind = reader.text("position_embedding_type", "absolute"); kind != "absolute")
        reader.problem("position_embedding_type", fmt::format("'{}'", kind.substr(0, 60)), "'absolute'");
    if (reader.boolean("is_decoder", false)) reader.problem("is_decoder", "true", "false: an encoder");
    return config;
}

TextEncoderNames::Block bertBlockNames() {
    return {.query = "attention.self.query",
            .key = "attention.self.key",
            .value = "attention.self.value",
            .projection = "attention.output.dense",
            .norm1 = "attention.output.LayerNorm",
            .fc1 = "intermediate.dense",
            .fc2 = "output.dense",
            .norm2 = "output.LayerNorm"};
}

Blueprint planBert(const Checkpoint& checkpoint, const OpenOptions& options) {
    TextEncoderPlan plan;
    plan.config = readBertConfig(
        checkpoint, {.family = "bert", .architecture = "BertModel", .vocabulary = 30522, .pad = 0}, plan.problems);
    plan.names.wrapperPrefix = "bert.";
    plan.names.blocks = "encoder.layer";
    plan.names.block = bertBlockNames();
    plan.names.pooler = "pooler.dense";
    plan.names.classifier = "classifier";
    plan.names.loraTargets = {"query", "value"};
    plan.names.ignored = {"cls.", "classifier.", "qa_outputs."};
    return planTextEncoder(checkpoint, options, std::move(plan));
}

} // namespace levi
