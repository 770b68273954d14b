// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/text_input.h"

#include "core/base/error.h"
#include "core/base/safetensors_header.h"

#include <nlohmann/json.hpp>

namespace levi {
namespace {

constexpr std::int64_t kMostParameters = 2'500'000'000; // 10 GB in float32
constexpr std::int64_t kLongestText = 65536;            // tokens, where the network sets no limit

std::string foundText(const at::Tensor& tensor) {
    return tensor.defined() ? fmt::format("shape {} of {}", shapeText(tensor.sizes()), tensor.dtype().name())
                            : "nothing";
}

// values: whole numbers that stand for rows of an embedding.
void checkRows(const at::Tensor& values, std::int64_t rows, const char* name, const BackboneInfo& info) {
    if (values.numel() == 0) return;
    const auto least = values.min().item<std::int64_t>(), most = values.max().item<std::int64_t>();
    if (least >= 0 && most < rows) return;
    throw Error("{}: {}: found the number {}, expected 0 to {}: is the tokenizer that of this backbone?",
                info.architecture, name, least < 0 ? least : most, rows - 1);
}

bool isWhole(const at::Tensor& tensor) {
    return tensor.scalar_type() == at::kLong || tensor.scalar_type() == at::kInt;
}

} // namespace

BackboneInfo textInfo(const TextSizes& sizes) {
    BackboneInfo info;
    info.reads = BackboneReads::Texts;
    info.naming = "hf";
    info.depth = sizes.depth;
    info.width = sizes.width;
    info.heads = sizes.heads;
    info.vocabulary = sizes.vocabulary;
    info.layers.push_back({"embeddings", sizes.width, sizes.tokens, sizes.embeddingParameters, 0});
    for (std::int64_t i = 1; i <= sizes.depth; ++i)
        info.layers.push_back(
            {fmt::format("block {}", i), sizes.width, sizes.tokens, sizes.blockParameters, sizes.blockFlops});
    info.parameters = sizes.finalParameters;
    for (const LayerInfo& layer : info.layers) {
        info.parameters += layer.parameters;
        info.flopsPerSample += layer.flopsPerSample;
    }
    return info;
}

void checkParameters(const BackboneInfo& info, std::vector<std::string>& problems) {
    if (info.parameters > kMostParameters)
        problems.push_back(fmt::format("config.json: the sizes make {} parameters, expected at most {}",
                                       info.parameters, kMostParameters));
}

void checkTextInput(const BackboneInput& input, const BackboneInfo& info) {
    const auto& ids = input.values;
    if (ids.defined() && ids.is_floating_point())
        throw Error("{}: found pixel_values of shape {}, expected input_ids: this backbone reads texts, not pictures",
                    info.architecture, shapeText(ids.sizes()));
    if (!ids.defined() || ids.dim() != 2 || !isWhole(ids) || ids.size(1) < 1)
        throw Error("{}: input_ids: found {}, expected whole numbers [B, T]", info.architecture, foundText(ids));
    const std::int64_t most = info.longestText > 0 ? info.longestText : kLongestText;
    if (ids.size(1) > most)
        throw Error("{}: found texts of {} tokens, expected at most {}", info.architecture, ids.size(1), most);
    for (const auto& [tensor, name] :
         {std::pair{&input.mask, "attention_mask"}, std::pair{&input.tokenTypes, "token_type_ids"}})
        if (tensor->defined() && tensor->sizes() != ids.sizes())
            throw Error("{}: {}: found {}, expected shape {}, that of input_ids", info.architecture, name,
                        foundText(*tensor), shapeText(ids.sizes()));
    checkRows(ids, info.vocabulary, "input_ids", info);
    if (!input.tokenTypes.defined() || info.tokenTypes == 0) return;
    if (!isWhole(input.tokenTypes))
        throw Error("{}: token_type_ids: found {}, expected whole numbers", info.architecture,
                    foundText(input.tokenTypes));
    checkRows(input.tokenTypes, info.tokenTypes, "token_type_ids", info);
}

std::string firstArchitecture(const nlohmann::json& config) {
    const auto found = config.find("architectures");
    const bool named = found != config.end() && found->is_array() && !found->empty() && (*found)[0].is_string();
    return named ? (*found)[0].get<std::string>() : std::string();
}

bool callsItself(const nlohmann::json& config, std::string_view type, std::string_view architecture) {
    const auto found = config.find("model_type");
    if (found != config.end() && found->is_string()) return found->get_ref<const std::string&>() == type;
    return firstArchitecture(config).starts_with(architecture);
}

} // namespace levi
