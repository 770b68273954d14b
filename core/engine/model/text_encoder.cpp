// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/text_encoder.h"

#include "core/base/error.h"
#include "core/engine/model/packed_blocks.h"
#include "core/engine/model/postnorm_block.h"
#include "core/engine/model/tensor_list.h"
#include "core/engine/model/text_input.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/relu.h>
#include <c10/core/GradMode.h>

#include <algorithm>

namespace levi {
namespace {

class TextEncoder final : public Backbone {
public:
    TextEncoder(BackboneInfo info, TextEncoderPlan plan, BackboneTensors tensors)
        : Backbone(std::move(info), std::move(tensors)),
          m_config(std::move(plan.config)),
          m_names(std::move(plan.names)) {
        bind();
    }

private:
    TextEncoder(const TextEncoder& other) : Backbone(other), m_config(other.m_config), m_names(other.m_names) {
        bind();
    }

    std::unique_ptr<Backbone> copy() const override { return std::unique_ptr<Backbone>(new TextEncoder(*this)); }

    void weightsChanged() override {
        m_packed.clear();
        bind();
    }

    void checkInput(const BackboneInput& input) const override { checkTextInput(input, info()); }

    void run(const BackboneInput& input, const Pass& pass, const StateVisitor& visit) const override {
        const auto packed = pass.isPacked(1) ? packedBlocks(pass) : nullptr;
        const BlockPass blockPass = {
            .heads = m_config.heads, .mask = {input.mask, m_words.scalar_type()}, .draws = input.draws};
        at::Tensor x;
        for (std::int64_t layer = 0; layer <= m_config.depth; ++layer) {
            const c10::AutoGradMode recorded(pass.records(layer));
            const auto block = static_cast<std::size_t>(layer - 1);
            if (layer == 0)
                x = embedded(input);
            else if (pass.isPacked(layer))
                x = apply((*packed)[block], x, blockPass);
            else
                x = apply(m_blocks[block], x, blockPass);
            visit(static_cast<std::size_t>(layer), x);
        }
        visit(static_cast<std::size_t>(m_config.depth + 1), x); // no final norm
    }

    at::Tensor embedded(const BackboneInput& input) const {
        const auto& ids = input.values;
        auto x = at::embedding(m_words, ids, m_config.pad);
        if (m_types.defined())
            x = x + (input.tokenTypes.defined() ? at::embedding(m_types, input.tokenTypes) : m_types[0]);
        if (!m_config.countsPositions) return apply(m_norm, x + m_positions.slice(0, 0, ids.size(1)));
        const auto counts = ids.ne(m_config.pad).to(at::kLong);
        const auto positions = counts.cumsum(1) * counts + m_config.pad;
        return apply(m_norm, x + at::embedding(m_positions, positions, m_config.pad));
    }

    std::map<std::string, at::Tensor> runHeads(const at::Tensor& last) const override {
        std::map<std::string, at::Tensor> heads;
        const auto first = last.select(1, 0);
        if (m_pooler.weight.defined()) heads["pooler_output"] = apply(m_pooler, first).tanh();
        if (!m_classifier.weight.defined()) return heads;
        if (m_names.dense.empty()) {
            heads["logits"] = apply(m_classifier, heads["pooler_output"]);
        } else {
            const auto inner = apply(m_dense, first);
            heads["logits"] = apply(m_classifier, m_names.denseIsTanh ? inner.tanh() : at::relu(inner));
        }
        return heads;
    }

    PackedBlocks<PackedPostNormBlock>::Shared packedBlocks(const Pass& pass) const {
        const auto rows = kUsualSamples * info().layers[0].tokens;
        return m_packed.get(std::min(m_config.depth, pass.firstTrained - 1),
                            [&](std::size_t block) { return packed(m_blocks[block], rows); });
    }

    LayerNorm norm(const std::string& module) const {
        return {tensor(module + ".weight"), tensor(module + ".bias"), m_config.normEpsilon};
    }

    PostNormBlock boundBlock(std::int64_t index) const {
        const auto& block = m_names.block;
        const auto name = [this, index](const std::string& part) { return m_names.inBlock(index, part); };
        return {.query = linear(name(block.query)),
                .key = linear(name(block.key)),
                .value = linear(name(block.value)),
                .projection = linear(name(block.projection)),
                .norm1 = norm(name(block.norm1)),
                .fc1 = linear(name(block.fc1)),
                .fc2 = linear(name(block.fc2)),
                .norm2 = norm(name(block.norm2)),
                .activation = m_config.activation};
    }

    void bind() {
        m_words = tensor(m_names.own(m_names.words) + ".weight");
        m_positions = tensor(m_names.own(m_names.positions) + ".weight");
        if (m_config.tokenTypes > 0) m_types = tensor(m_names.own(m_names.types) + ".weight");
        m_norm = norm(m_names.own(m_names.embeddingNorm));
        m_blocks.clear();
        for (std::int64_t i = 0; i < m_config.depth; ++i)
            m_blocks.push_back(boundBlock(i));
        const auto head = [this](const std::string& module) {
            return tensorIfExists(module + ".weight").defined() ? linear(module) : Linear();
        };
        m_pooler = head(m_names.own(m_names.pooler));
        m_dense = head(m_names.dense);
        m_classifier = head(m_names.classifier);
    }

    TextEncoderConfig m_config;
    TextEncoderNames m_names;
    at::Tensor m_words, m_positions, m_types; // types: undefined where there are none
    LayerNorm m_norm;
    std::vector<PostNormBlock> m_blocks;
    Linear m_pooler, m_dense, m_classifier;
    PackedBlocks<PackedPostNormBlock> m_packed;
};

void addBlock(TensorList& list, const TextEncoderPlan& plan, std::int64_t index) {
    const auto& block = plan.names.block;
    const auto d = plan.config.width, m = plan.config.mlpWidth;
    const auto name = [&](const std::string& part) { return plan.names.inBlock(index, part); };
    list.startLayer(index + 1);
    for (const auto& part : {block.query, block.key, block.value, block.projection})
        list.linear(name(part), d, d);
    list.norm(name(block.norm1), d);
    list.linear(name(block.fc1), m, d);
    list.linear(name(block.fc2), d, m);
    list.norm(name(block.norm2), d);
}

// Only heads that the file has, and whose input it has; how many classes is the file's to say.
void addHeads(TensorList& list, const TextEncoderPlan& plan, const Checkpoint& checkpoint) {
    const auto& names = plan.names;
    const auto d = plan.config.width;
    const auto has = [&](const std::string& module) { return checkpoint.find(module + ".weight") != nullptr; };
    const std::string pooler = names.own(names.pooler);
    if (!names.pooler.empty() && has(pooler)) list.head(pooler, d, d);
    const bool isRead = has(names.classifier) && has(names.dense.empty() ? pooler : names.dense);
    if (!isRead) return;
    if (!names.dense.empty()) list.head(names.dense, d, d);
    const auto& shape = checkpoint.find(names.classifier + ".weight")->shape;
    list.head(names.classifier, shape.empty() ? d : shape[0], d);
}

std::vector<TensorSpec> tensorsOf(const TextEncoderPlan& plan, const Checkpoint& checkpoint) {
    const auto& [config, names, problems] = plan;
    std::vector<TensorSpec> specs;
    TensorList list(specs);
    list.tensor(names.own(names.words) + ".weight", {config.vocabulary, config.width});
    list.tensor(names.own(names.positions) + ".weight", {config.positions, config.width});
    if (config.tokenTypes > 0) list.tensor(names.own(names.types) + ".weight", {config.tokenTypes, config.width});
    list.norm(names.own(names.embeddingNorm), config.width);
    for (std::int64_t i = 0; i < config.depth; ++i)
        addBlock(list, plan, i);
    addHeads(list, plan, checkpoint);
    // Checkpoints of TensorFlow's time call a norm's scale gamma and its shift beta.
    for (TensorSpec& spec : specs)
        for (const auto& [now, then] : {std::pair{"LayerNorm.weight", "gamma"}, std::pair{"LayerNorm.bias", "beta"}}) {
            if (!spec.name.ends_with(now) || checkpoint.find(spec.name)) continue;
            const std::string older = spec.name.substr(0, spec.name.rfind('.') + 1) + then;
            if (checkpoint.find(older)) spec.olderName = older;
        }
    return specs;
}

BackboneInfo infoOf(const TextEncoderPlan& plan, std::int64_t tokens) {
    const auto& config = plan.config;
    const auto d = config.width, m = config.mlpWidth;
    auto info = textInfo({.depth = config.depth,
                          .width = d,
                          .heads = config.heads,
                          .vocabulary = config.vocabulary,
                          .tokens = tokens,
                          .embeddingParameters = (config.vocabulary + config.positions + config.tokenTypes + 2) * d,
                          .blockParameters = 4 * (d * d + d) + 2 * d * m + m + d + 4 * d,
                          .finalParameters = 0,
                          .blockFlops = 2 * tokens * (4 * d * d + 2 * d * m) + 4 * tokens * tokens * d});
    info.family = config.family;
    info.architecture = config.architecture;
    info.longestText = config.longestText();
    info.tokenTypes = config.tokenTypes;
    info.names = {.prefix = plan.names.prefix,
                  .wrapperPrefix = plan.names.wrapperPrefix,
                  .classifier = "",
                  .loraTargets = plan.names.loraTargets};
    return info;
}

void checkTogether(const TextEncoderConfig& config, std::vector<std::string>& problems) {
    if (config.width % config.heads != 0)
        problems.push_back(fmt::format("config.json: {}: found {}, expected a multiple of the {} heads",
                                       config.widthKey, config.width, config.heads));
    if (config.pad >= config.vocabulary)
        problems.push_back(fmt::format("config.json: pad_token_id: found {}, expected less than vocab_size {}",
                                       config.pad, config.vocabulary));
    if (config.longestText() < 1)
        problems.push_back(
            fmt::format("config.json: max_position_embeddings: found {}, expected more than pad_token_id "
                        "+ 1 = {}: positions are counted from there",
                        config.positions, config.pad + 1));
}

std::string meaningOf(const TextEncoderConfig& config) {
    return fmt::format("{} depth {} heads {} epsilon {} activation {} pad {} positions {}", config.family, config.depth,
                       config.heads, config.normEpsilon, nameOf(config.activation), config.pad,
                       config.countsPositions ? "counted" : "in order");
}

void noteHeads(const std::vector<TensorSpec>& tensors, const std::string& classifier, BackboneInfo& info) {
    std::string heads;
    for (const auto& spec : tensors) {
        if (spec.kind != TensorSpec::Kind::Head || !spec.name.ends_with(".weight")) continue;
        heads += (heads.empty() ? "" : ", ") + spec.name.substr(0, spec.name.rfind('.'));
        if (spec.name == classifier + ".weight") info.classes = spec.shape[0];
    }
    if (!heads.empty()) info.notes.push_back("heads of the checkpoint, left out of training: " + heads);
}

} // namespace

std::string TextEncoderNames::inBlock(std::int64_t index, const std::string& part) const {
    return fmt::format("{}{}.{}.{}", prefix, blocks, index, part);
}

Activation readActivation(const ConfigReader& reader, const char* field) {
    const std::string name = reader.text(field, "gelu");
    const auto activation = activationNamed(name);
    if (!activation) reader.problem(field, fmt::format("'{}'", name.substr(0, 60)), "gelu, gelu_new, relu or silu");
    return activation.value_or(Activation::Gelu);
}

Blueprint planTextEncoder(const Checkpoint& checkpoint, const OpenOptions& options, TextEncoderPlan plan) {
    Blueprint blueprint;
    auto& names = plan.names;
    for (const std::string& prefix : {std::string(), names.wrapperPrefix})
        if (checkpoint.find(prefix + names.words + ".weight")) names.prefix = prefix;
    if (plan.problems.empty()) checkTogether(plan.config, plan.problems);
    const bool isSound = plan.problems.empty();
    blueprint.info = infoOf(plan, std::clamp<std::int64_t>(options.textTokens, 1, kTextPositions.most));
    if (isSound) checkParameters(blueprint.info, plan.problems);
    blueprint.info.problems = plan.problems;
    if (!plan.problems.empty()) return blueprint;
    blueprint.tensors = tensorsOf(plan, checkpoint);
    noteHeads(blueprint.tensors, names.classifier, blueprint.info);
    blueprint.ignored = names.ignored;
    for (const char* buffer : {"embeddings.position_ids", "embeddings.token_type_ids"})
        blueprint.ignored.push_back(names.own(buffer));
    blueprint.meaning = meaningOf(plan.config);
    blueprint.build = [plan](BackboneInfo info, BackboneTensors tensors) {
        return std::make_unique<TextEncoder>(std::move(info), plan, std::move(tensors));
    };
    return blueprint;
}

} // namespace levi
