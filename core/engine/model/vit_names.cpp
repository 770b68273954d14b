// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/tensor_list.h"
#include "core/engine/model/vit_config.h"

#include <fmt/format.h>

#include <array>

namespace levi {
namespace {

struct PartName {
    VitNames::Part part;
    std::string_view huggingFace, timm; // within the block
};

constexpr std::array<PartName, 11> kPartNames = {{
    {VitNames::Part::Norm1, "layernorm_before", "norm1"},
    {VitNames::Part::Query, "attention.attention.query", ""},
    {VitNames::Part::Key, "attention.attention.key", ""},
    {VitNames::Part::Value, "attention.attention.value", ""},
    {VitNames::Part::Qkv, "", "attn.qkv"},
    {VitNames::Part::Projection, "attention.output.dense", "attn.proj"},
    {VitNames::Part::Gamma1, "", "ls1.gamma"},
    {VitNames::Part::Norm2, "layernorm_after", "norm2"},
    {VitNames::Part::Fc1, "intermediate.dense", "mlp.fc1"},
    {VitNames::Part::Fc2, "output.dense", "mlp.fc2"},
    {VitNames::Part::Gamma2, "", "ls2.gamma"},
}};

void addEmbeddings(TensorList& list, const VitConfig& config, const VitNames& names) {
    const auto d = config.width;
    list.tensor(names.classToken(), {1, 1, d});
    if (config.distilled) list.tensor(names.distillationToken(), {1, 1, d});
    list.tensor(names.patchProjection() + ".weight", {d, 3, config.patch, config.patch});
    list.tensor(names.patchProjection() + ".bias", {d}, {.isBias = true});
    const auto prefix = config.positionsForPrefix ? config.prefixTokens() : 0;
    list.tensor(names.positions(), {1, prefix + config.patches(config.image), d});
}

void addBlock(TensorList& list, const VitConfig& config, const VitNames& names, std::int64_t index) {
    using enum VitNames::Part;
    const auto d = config.width;
    const auto inputs = names.attentionInputs();
    const auto rows = 3 * d / static_cast<std::int64_t>(inputs.size());
    list.startLayer(index + 1);
    list.norm(names.block(index, Norm1), d);
    for (const auto part : inputs)
        list.linear(names.block(index, part), rows, d, config.qkvBias);
    list.linear(names.block(index, Projection), d, d);
    if (config.layerScale) list.tensor(names.block(index, Gamma1), {d});
    list.norm(names.block(index, Norm2), d);
    list.linear(names.block(index, Fc1), config.mlpWidth, d);
    list.linear(names.block(index, Fc2), d, config.mlpWidth);
    if (config.layerScale) list.tensor(names.block(index, Gamma2), {d});
}

// Only heads that the file has; how many classes is the file's to say.
void addHeads(TensorList& list, const VitConfig& config, const VitNames& names, const Checkpoint& checkpoint) {
    auto modules = names.classifiers();
    if (config.naming == VitNaming::HuggingFace) modules.push_back(names.pooler());
    for (const auto& module : modules) {
        const auto* weight = checkpoint.find(module + ".weight");
        if (!weight) continue;
        const bool pooler = module == names.pooler();
        const auto rows = weight->shape.empty() || pooler ? config.width : weight->shape[0];
        list.head(module, rows, config.width);
    }
}

} // namespace

std::string VitNames::classToken() const {
    return m_prefix + (m_naming == VitNaming::Timm ? "cls_token" : "embeddings.cls_token");
}
std::string VitNames::distillationToken() const {
    return m_prefix + (m_naming == VitNaming::Timm ? "dist_token" : "embeddings.distillation_token");
}
std::string VitNames::positions() const {
    return m_prefix + (m_naming == VitNaming::Timm ? "pos_embed" : "embeddings.position_embeddings");
}
std::string VitNames::patchProjection() const {
    return m_prefix + (m_naming == VitNaming::Timm ? "patch_embed.proj" : "embeddings.patch_embeddings.projection");
}
std::string VitNames::finalNorm() const {
    return m_prefix + (m_naming == VitNaming::Timm ? "norm" : "layernorm");
}

std::string VitNames::block(std::int64_t index, Part part) const {
    const auto& names = kPartNames.at(static_cast<std::size_t>(part));
    return m_naming == VitNaming::Timm ? fmt::format("{}blocks.{}.{}", m_prefix, index, names.timm)
                                       : fmt::format("{}encoder.layer.{}.{}", m_prefix, index, names.huggingFace);
}

std::vector<VitNames::Part> VitNames::attentionInputs() const {
    if (m_naming == VitNaming::Timm) return {Part::Qkv};
    return {Part::Query, Part::Key, Part::Value};
}

std::vector<std::string> VitNames::classifiers() const {
    if (m_naming == VitNaming::Timm) return {m_prefix + "head", m_prefix + "head_dist"};
    return {"classifier", "cls_classifier", "distillation_classifier"};
}

NamesOfOthers VitNames::ofOthers() const {
    if (m_naming == VitNaming::Timm)
        return {.prefix = m_prefix, .wrapperPrefix = m_prefix, .classifier = m_prefix + "head", .loraTargets = {"qkv"}};
    return {.prefix = m_prefix,
            .wrapperPrefix = m_deit ? "deit." : "vit.",
            .classifier = "classifier",
            .loraTargets = {"query", "value"}};
}

VitNames vitNames(const VitConfig& config, const Checkpoint& checkpoint) {
    const std::vector<std::string> prefixes = config.naming == VitNaming::Timm
                                                  ? std::vector<std::string>{"", "timm_model."}
                                                  : std::vector<std::string>{"", "vit.", "deit."};
    const bool deit = claimsDeit(checkpoint.config);
    for (const auto& prefix : prefixes) {
        VitNames names(config.naming, prefix, deit);
        if (checkpoint.find(names.classToken())) return names;
    }
    return {config.naming, "", deit};
}

std::vector<TensorSpec> vitTensors(const VitConfig& config, const VitNames& names, const Checkpoint& checkpoint) {
    std::vector<TensorSpec> specs;
    TensorList list(specs);
    addEmbeddings(list, config, names);
    for (std::int64_t i = 0; i < config.depth; ++i)
        addBlock(list, config, names, i);
    list.startLayer(config.depth + 1);
    list.norm(names.finalNorm(), config.width);
    addHeads(list, config, names, checkpoint);
    return specs;
}

namespace {

// What the embeddings and each block hold and cost.
std::vector<LayerInfo> layersOf(const VitConfig& config, ImageSize image) {
    const auto d = config.width, m = config.mlpWidth, patches = config.patches(image);
    const auto tokens = config.prefixTokens() + patches, patchInputs = 3 * config.patch * config.patch;
    const auto positions = patches + (config.positionsForPrefix ? config.prefixTokens() : 0);
    const auto embeddings = (config.prefixTokens() + positions) * d + patchInputs * d + d;
    std::vector<LayerInfo> layers = {{"embeddings", d, tokens, embeddings, 2 * patches * patchInputs * d}};
    const auto norms = 4 * d, attention = 4 * d * d + d + (config.qkvBias ? 3 * d : 0), mlp = 2 * d * m + m + d;
    const auto block = norms + attention + mlp + (config.layerScale ? 2 * d : 0);
    const auto flops = 2 * tokens * (4 * d * d + 2 * d * m) + 4 * tokens * tokens * d;
    for (std::int64_t i = 1; i <= config.depth; ++i)
        layers.push_back({fmt::format("block {}", i), d, tokens, block, flops});
    return layers;
}

} // namespace

BackboneInfo vitInfo(const VitConfig& config, ImageSize image) {
    BackboneInfo info;
    info.naming = config.naming == VitNaming::Timm ? "timm" : "hf";
    info.architecture = config.architecture;
    info.depth = config.depth;
    info.width = config.width;
    info.heads = config.heads;
    info.patchSize = config.patch;
    info.imageHeight = image.height;
    info.imageWidth = image.width;
    info.prefixTokens = config.prefixTokens();
    info.layers = layersOf(config, image);
    info.parameters = 2 * config.width; // final norm
    for (const auto& layer : info.layers) {
        info.parameters += layer.parameters;
        info.flopsPerSample += layer.flopsPerSample;
    }
    return info;
}

} // namespace levi
