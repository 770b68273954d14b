// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/key_mask.h"
#include "core/engine/model/packed_blocks.h"
#include "core/engine/model/t5_block.h"
#include "core/engine/model/tensor_list.h"
#include "core/engine/model/text_families.h"
#include "core/engine/model/text_input.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/embedding.h>
#include <c10/core/GradMode.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace levi {

// The encoder of T5 (Raffel et al. 2020): version 1.0 with ReLU, 1.1 and Flan with gated GELU.

namespace {

struct T5Config {
    std::string architecture;
    std::int64_t depth = 0, width = 0, heads = 0, headWidth = 0, mlpWidth = 0, vocabulary = 0;
    RelativeBuckets buckets;
    double normEpsilon = 0;
    Activation activation = Activation::Relu;
    bool gated = false;

    std::int64_t inner() const { return heads * headWidth; } // need not be the width
};

struct T5Names {
    std::string prefix; // "transformer." in a classifier
    std::string tokens = "shared.weight";

    std::string block(std::int64_t index, const char* part) const {
        return fmt::format("{}encoder.block.{}.layer.{}", prefix, index, part);
    }
    std::string relativeBias() const { return block(0, "0.SelfAttention.relative_attention_bias") + ".weight"; }
    std::string finalNorm() const { return prefix + "encoder.final_layer_norm"; }
};

class T5Encoder final : public Backbone {
public:
    T5Encoder(BackboneInfo info, T5Config config, T5Names names, BackboneTensors tensors)
        : Backbone(std::move(info), std::move(tensors)), m_config(std::move(config)), m_names(std::move(names)) {
        bind();
    }

private:
    T5Encoder(const T5Encoder& other) : Backbone(other), m_config(other.m_config), m_names(other.m_names) { bind(); }

    std::unique_ptr<Backbone> copy() const override { return std::unique_ptr<Backbone>(new T5Encoder(*this)); }

    void weightsChanged() override {
        m_packed.clear();
        bind();
    }

    void checkInput(const BackboneInput& input) const override { checkTextInput(input, info()); }

    // State `depth` has the final norm already and is last_hidden_state: so the reference library gives it.
    void run(const BackboneInput& input, const Pass& pass, const StateVisitor& visit) const override {
        const auto packed = pass.isPacked(1) ? packedBlocks(pass) : nullptr;
        const KeyMask mask(input.mask, m_tokens.scalar_type());
        T5Pass blockPass = {.heads = m_config.heads, .added = {}, .draws = input.draws};
        at::Tensor x;
        for (std::int64_t layer = 0; layer <= m_config.depth; ++layer) {
            const c10::AutoGradMode recorded(pass.records(layer));
            const auto block = static_cast<std::size_t>(layer - 1);
            if (layer == 1) blockPass.added = positionBias(input.values.size(1), mask);
            if (layer == 0)
                x = at::embedding(m_tokens, input.values);
            else if (pass.isPacked(layer))
                x = apply((*packed)[block], x, blockPass);
            else
                x = apply(m_blocks[block], x, blockPass);
            if (layer < m_config.depth) visit(static_cast<std::size_t>(layer), x);
        }
        const c10::AutoGradMode recorded(pass.records(m_config.depth + 1));
        x = apply(m_finalNorm, x);
        visit(static_cast<std::size_t>(m_config.depth), x);
        visit(static_cast<std::size_t>(m_config.depth + 1), x);
    }

    // Of block 0, and used by all. (1, H, T, T), or (B, H, T, T) with padding.
    at::Tensor positionBias(std::int64_t tokens, const KeyMask& mask) const {
        const auto bias = relativeBias(m_relative, m_config.buckets, tokens);
        return mask.allCount() ? bias : bias + mask.added();
    }

    std::map<std::string, at::Tensor> runHeads(const at::Tensor&) const override { return {}; }

    PackedBlocks<PackedT5Block>::Shared packedBlocks(const Pass& pass) const {
        const auto rows = kUsualSamples * info().layers[0].tokens;
        return m_packed.get(std::min(m_config.depth, pass.firstTrained - 1),
                            [&](std::size_t block) { return packed(m_blocks[block], rows); });
    }

    T5Block boundBlock(std::int64_t index) const {
        const auto module = [this, index](const char* part) { return m_names.block(index, part); };
        const auto norm = [&](const char* part) {
            return RmsNorm{tensor(module(part) + ".weight"), m_config.normEpsilon};
        };
        return {.norm1 = norm("0.layer_norm"),
                .query = linear(module("0.SelfAttention.q")),
                .key = linear(module("0.SelfAttention.k")),
                .value = linear(module("0.SelfAttention.v")),
                .output = linear(module("0.SelfAttention.o")),
                .norm2 = norm("1.layer_norm"),
                .inner = linear(module(m_config.gated ? "1.DenseReluDense.wi_0" : "1.DenseReluDense.wi")),
                .gate = m_config.gated ? linear(module("1.DenseReluDense.wi_1")) : Linear(),
                .outer = linear(module("1.DenseReluDense.wo")),
                .activation = m_config.activation};
    }

    void bind() {
        m_tokens = tensor(m_names.tokens);
        m_relative = tensor(m_names.relativeBias());
        m_blocks.clear();
        for (std::int64_t i = 0; i < m_config.depth; ++i)
            m_blocks.push_back(boundBlock(i));
        m_finalNorm = {tensor(m_names.finalNorm() + ".weight"), m_config.normEpsilon};
    }

    T5Config m_config;
    T5Names m_names;
    at::Tensor m_tokens, m_relative;
    std::vector<T5Block> m_blocks;
    RmsNorm m_finalNorm;
    PackedBlocks<PackedT5Block> m_packed;
};

// "relu", "gated-gelu" (in its tanh form: so the authors meant it), "gated-silu".
void readFeedForward(const ConfigReader& reader, T5Config& config) {
    constexpr std::string_view kGated = "gated-";
    const std::string text = reader.text("feed_forward_proj", "relu");
    config.gated = text.starts_with(kGated);
    const std::string name = config.gated ? text.substr(kGated.size()) : text;
    const auto activation = text == "gated-gelu" ? Activation::GeluTanh : activationNamed(name);
    if (!activation)
        reader.problem("feed_forward_proj", fmt::format("'{}'", text.substr(0, 60)), "relu, gated-gelu or gated-silu");
    config.activation = activation.value_or(Activation::Relu);
}

void readHeads(const ConfigReader& reader, T5Config& config) {
    config.heads = reader.integer("num_heads", kTextHeads, 8);
    config.headWidth = reader.integer("d_kv", kTextWidths, 64);
    if (config.inner() <= kTextWidths.most) return;
    reader.problem("d_kv", fmt::format("{} for each of {} heads", config.headWidth, config.heads),
                   fmt::format("at most {} for all of them", kTextWidths.most));
    config.headWidth = 1;
}

T5Config readConfig(const Checkpoint& checkpoint, std::vector<std::string>& problems) {
    const ConfigReader reader(checkpoint.config, "config.json", problems);
    T5Config config;
    config.architecture = firstArchitecture(checkpoint.config);
    if (config.architecture.empty()) config.architecture = "T5EncoderModel";
    config.depth = reader.integer("num_layers", kTextDepths, 6);
    config.width = reader.integer("d_model", kTextWidths, 512);
    readHeads(reader, config);
    config.mlpWidth = reader.integer("d_ff", kTextMlpWidths, 2048);
    config.vocabulary = reader.integer("vocab_size", kVocabularies, 32128);
    config.buckets.count = reader.integer("relative_attention_num_buckets", {4, 65536}, 32);
    config.buckets.farthest = reader.integer("relative_attention_max_distance", {2, 1'000'000}, 128);
    config.normEpsilon = reader.number("layer_norm_epsilon", 1e-30, 0.1, 1e-6);
    readFeedForward(reader, config);
    if (config.buckets.count % 4 != 0 || config.buckets.farthest <= config.buckets.count / 4)
        reader.problem("relative_attention_num_buckets", fmt::format("{}", config.buckets.count),
                       "a multiple of 4, a quarter of it below relative_attention_max_distance");
    return config;
}

// The token embeddings go by either of two names; a file with both has them twice.
T5Names namesIn(const Checkpoint& checkpoint) {
    for (const char* prefix : {"", "transformer."})
        for (const char* tokens : {"shared.weight", "encoder.embed_tokens.weight"})
            if (checkpoint.find(std::string(prefix) + tokens))
                return {.prefix = prefix, .tokens = std::string(prefix) + tokens};
    return {};
}

void addBlock(TensorList& list, const T5Config& config, const T5Names& names, std::int64_t index) {
    const auto d = config.width, inner = config.inner(), m = config.mlpWidth;
    const auto module = [&](const char* part) { return names.block(index, part); };
    list.startLayer(index + 1);
    list.scale(module("0.layer_norm"), d);
    for (const char* part : {"0.SelfAttention.q", "0.SelfAttention.k", "0.SelfAttention.v"})
        list.linear(module(part), inner, d, false);
    if (index == 0) list.tensor(names.relativeBias(), {config.buckets.count, config.heads});
    list.linear(module("0.SelfAttention.o"), d, inner, false);
    list.scale(module("1.layer_norm"), d);
    list.linear(module(config.gated ? "1.DenseReluDense.wi_0" : "1.DenseReluDense.wi"), m, d, false);
    if (config.gated) list.linear(module("1.DenseReluDense.wi_1"), m, d, false);
    list.linear(module("1.DenseReluDense.wo"), d, m, false);
}

std::vector<TensorSpec> tensorsOf(const T5Config& config, const T5Names& names) {
    std::vector<TensorSpec> specs;
    TensorList list(specs);
    list.tensor(names.tokens, {config.vocabulary, config.width});
    for (std::int64_t i = 0; i < config.depth; ++i)
        addBlock(list, config, names, i);
    list.startLayer(config.depth + 1);
    list.scale(names.finalNorm(), config.width);
    return specs;
}

BackboneInfo infoOf(const T5Config& config, const T5Names& names, std::int64_t tokens) {
    const auto d = config.width, inner = config.inner();
    const auto matrices = 4 * d * inner + (config.gated ? 3 : 2) * d * config.mlpWidth;
    auto info = textInfo({.depth = config.depth,
                          .width = d,
                          .heads = config.heads,
                          .vocabulary = config.vocabulary,
                          .tokens = tokens,
                          .embeddingParameters = config.vocabulary * d,
                          .blockParameters = matrices + 2 * d,
                          .finalParameters = d,
                          .blockFlops = 2 * tokens * matrices + 4 * tokens * tokens * inner});
    const auto table = config.buckets.count * config.heads; // of relative positions, in block 1
    info.layers[1].parameters += table;
    info.parameters += table;
    info.family = "t5";
    info.hasBiases = false;
    info.architecture = config.architecture;
    info.names = {.prefix = names.prefix, .wrapperPrefix = "transformer.", .classifier = "", .loraTargets = {"q", "v"}};
    return info;
}

std::string meaningOf(const T5Config& config) {
    return fmt::format("t5 depth {} heads {} x {} epsilon {} activation {} gated {} buckets {} to {}", config.depth,
                       config.heads, config.headWidth, config.normEpsilon, nameOf(config.activation), config.gated,
                       config.buckets.count, config.buckets.farthest);
}

} // namespace

bool claimsT5(const nlohmann::json& config) {
    return callsItself(config, "t5", "T5");
}

Blueprint planT5(const Checkpoint& checkpoint, const OpenOptions& options) {
    Blueprint blueprint;
    std::vector<std::string> problems;
    const auto config = readConfig(checkpoint, problems);
    const auto names = namesIn(checkpoint);
    blueprint.info = infoOf(config, names, std::clamp<std::int64_t>(options.textTokens, 1, kTextPositions.most));
    if (problems.empty()) checkParameters(blueprint.info, problems);
    blueprint.info.problems = problems;
    if (!problems.empty()) return blueprint;
    blueprint.tensors = tensorsOf(config, names);
    blueprint.ignored = {names.prefix + "decoder.", names.prefix + "encoder.embed_tokens.weight", "lm_head.",
                         "classification_head."};
    blueprint.meaning = meaningOf(config);
    blueprint.build = [config, names](BackboneInfo info, BackboneTensors tensors) {
        return std::make_unique<T5Encoder>(std::move(info), config, names, std::move(tensors));
    };
    return blueprint;
}

} // namespace levi
