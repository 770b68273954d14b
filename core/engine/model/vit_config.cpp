// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/vit_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <regex>
#include <tuple>

namespace levi {
namespace {

// Far beyond every published network, far below what could exhaust a machine by accident.
constexpr IntegerRange kDepths = {1, 256};
constexpr IntegerRange kWidths = {1, 16384};
constexpr IntegerRange kHeadCounts = {1, 1024};
constexpr IntegerRange kMlpWidths = {1, 131072};
constexpr IntegerRange kPatches = {1, 1024};
constexpr IntegerRange kImages = {1, 8192};
constexpr std::int64_t kMostTokens = 65536;
constexpr std::int64_t kMostParameters = 2'500'000'000; // 10 GB in float32

const nlohmann::json& objectOrEmpty(const nlohmann::json& config, const char* field) {
    static const nlohmann::json empty = nlohmann::json::object();
    const auto found = config.find(field);
    return found != config.end() && found->is_object() ? *found : empty;
}

std::string textOf(const nlohmann::json& config, const char* field) {
    const auto found = config.find(field);
    return found != config.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string firstArchitecture(const nlohmann::json& config) {
    const auto found = config.find("architectures");
    const bool named = found != config.end() && found->is_array() && !found->empty() && (*found)[0].is_string();
    return named ? (*found)[0].get<std::string>() : std::string();
}

bool isTimm(const nlohmann::json& config) {
    return config.contains("architecture");
}

void readHuggingFace(const Checkpoint& checkpoint, VitConfig& config, std::vector<std::string>& problems) {
    const ConfigReader reader(checkpoint.config, "config.json", problems);
    config.architecture = firstArchitecture(checkpoint.config);
    config.distilled = claimsDeit(checkpoint.config);
    if (config.architecture.empty()) config.architecture = config.distilled ? "DeiTModel" : "ViTModel";
    config.depth = reader.integer("num_hidden_layers", kDepths, 12);
    config.width = reader.integer("hidden_size", kWidths, 768);
    config.heads = reader.integer("num_attention_heads", kHeadCounts, 12);
    config.mlpWidth = reader.integer("intermediate_size", kMlpWidths, 3072);
    config.patch = reader.integer("patch_size", kPatches, 16);
    config.image = reader.imageSize("image_size", kImages, ImageSize{224, 224});
    config.normEpsilon = reader.number("layer_norm_eps", 1e-30, 0.1, 1e-12);
    config.qkvBias = reader.boolean("qkv_bias", true);
    reader.integer("num_channels", {3, 3}, 3);
    for (const auto& [field, only] : {std::pair{"hidden_act", "gelu"}, std::pair{"pooler_act", "tanh"}})
        if (const auto found = reader.text(field, only); found != only)
            reader.problem(field, fmt::format("'{}'", found), fmt::format("'{}'", only));
}

struct TimmSize {
    std::string_view word;
    std::int64_t width, depth, heads;
};
constexpr std::array<TimmSize, 6> kTimmSizes = {{{"tiny", 192, 12, 3},
                                                 {"small", 384, 12, 6},
                                                 {"medium", 512, 12, 8},
                                                 {"base", 768, 12, 12},
                                                 {"large", 1024, 24, 16},
                                                 {"huge", 1280, 32, 16}}};

// What an architecture name of timm tells. Names with further words (clip, dinov2, reg4, ...) are other networks.
struct TimmName {
    const TimmSize* size = nullptr;
    std::optional<std::int64_t> patch, image;
    bool distilled = false;
};

TimmName readTimmName(const std::string& architecture) {
    static const std::regex form("(?:vit|deit3?)_([a-z]+)(_distilled)?_patch([0-9]{1,4})_([0-9]{1,4})"
                                 "(?:_(?:in21k|sam|dino|mae|miil))?(?:\\..*)?");
    TimmName name;
    name.distilled = architecture.find("distilled") != std::string::npos;
    std::smatch match;
    if (architecture.size() > 200 || !std::regex_match(architecture, match, form)) return name;
    const auto* size = std::ranges::find(kTimmSizes, match[1].str(), [](const TimmSize& s) { return s.word; });
    if (size == kTimmSizes.end()) return name;
    name.size = size;
    name.patch = std::stoll(match[3].str());
    name.image = std::stoll(match[4].str());
    return name;
}

// Arguments that change nothing here, those that are read, and those with the one value that the network below has.
void checkTimmArguments(const nlohmann::json& arguments, const ConfigReader& reader) {
    static const std::vector<std::string> known = {
        "img_size",        "patch_size",       "embed_dim",      "depth",          "num_heads",
        "mlp_ratio",       "num_classes",      "qkv_bias",       "init_values",    "no_embed_class",
        "drop_rate",       "pos_drop_rate",    "proj_drop_rate", "attn_drop_rate", "drop_path_rate",
        "patch_drop_rate", "dynamic_img_size", "weight_init",    "fix_init"};
    reader.integer("in_chans", {3, 3}, 3);
    reader.integer("reg_tokens", {0, 0}, 0);
    if (!reader.boolean("class_token", true)) reader.problem("class_token", "false", "true");
    for (const auto* field : {"pre_norm", "qk_norm", "fc_norm"})
        if (reader.boolean(field, false)) reader.problem(field, "true", "false");
    if (const auto pool = reader.text("global_pool", "token"); pool != "token")
        reader.problem("global_pool", fmt::format("'{}'", pool), "'token'");
    for (const auto& [field, value] : arguments.items()) {
        static const std::vector<std::string> checked = {"in_chans", "reg_tokens", "class_token", "pre_norm",
                                                         "qk_norm",  "fc_norm",    "global_pool"};
        if (std::ranges::find(known, field) == known.end() && std::ranges::find(checked, field) == checked.end())
            reader.problem(field, "it", "no such argument: it is not known here");
    }
}

// From model_args, else from a field that people add at the top level, else from the name.
std::int64_t timmInteger(const std::array<const ConfigReader*, 2>& readers, const std::array<const char*, 2>& fields,
                         IntegerRange range, std::optional<std::int64_t> fromName) {
    for (std::size_t i = 0; i < readers.size(); ++i)
        if (readers[i]->has(fields[i])) return readers[i]->integer(fields[i], range);
    return readers[0]->integer(fields[0], range, fromName);
}

ImageSize timmImage(const Checkpoint& checkpoint, const std::array<const ConfigReader*, 2>& readers,
                    const TimmName& name) {
    if (readers[0]->has("img_size")) return readers[0]->imageSize("img_size", kImages);
    const auto& cfg = objectOrEmpty(checkpoint.config, "pretrained_cfg");
    if (const auto input = cfg.find("input_size"); input != cfg.end() && input->is_array() && input->size() == 3) {
        const nlohmann::json plane = {{"input_size", {(*input)[1], (*input)[2]}}};
        return ConfigReader(plane, "config.json: pretrained_cfg", readers[0]->problems())
            .imageSize("input_size", kImages);
    }
    const auto side = name.image.value_or(224);
    return readers[1]->imageSize("image_size", kImages, ImageSize{side, side});
}

void readTimm(const Checkpoint& checkpoint, VitConfig& config, std::vector<std::string>& problems) {
    const auto& arguments = objectOrEmpty(checkpoint.config, "model_args");
    const ConfigReader args(arguments, "config.json: model_args", problems),
        top(checkpoint.config, "config.json", problems);
    const std::array<const ConfigReader*, 2> readers = {&args, &top};
    config.naming = VitNaming::Timm;
    config.architecture = textOf(checkpoint.config, "architecture");
    const auto name = readTimmName(config.architecture);
    const auto named = [&name](std::int64_t TimmSize::*member) {
        return name.size ? std::optional(name.size->*member) : std::nullopt;
    };
    checkTimmArguments(arguments, args);
    config.depth = timmInteger(readers, {"depth", "num_hidden_layers"}, kDepths, named(&TimmSize::depth));
    config.width = timmInteger(readers, {"embed_dim", "hidden_size"}, kWidths, named(&TimmSize::width));
    config.heads = timmInteger(readers, {"num_heads", "num_attention_heads"}, kHeadCounts, named(&TimmSize::heads));
    config.patch = timmInteger(readers, {"patch_size", "patch_size"}, kPatches, name.patch);
    config.image = timmImage(checkpoint, readers, name);
    config.normEpsilon = top.number("layer_norm_eps", 1e-30, 0.1, 1e-6);
    config.mlpWidth = static_cast<std::int64_t>(double(config.width) * args.number("mlp_ratio", 0.01, 64, 4));
    config.qkvBias = args.boolean("qkv_bias", true);
    config.layerScale = args.has("init_values");
    config.distilled = name.distilled;
    config.positionsForPrefix = !args.boolean("no_embed_class", config.architecture.starts_with("deit3"));
}

// The checkpoint's content decides which optional parts there are.
void followTensors(const Checkpoint& checkpoint, VitConfig& config) {
    if (!checkpoint.weights || config.naming != VitNaming::Timm) return;
    const auto names = vitNames(config, checkpoint);
    const auto has = [&](const std::string& name) { return checkpoint.find(name) != nullptr; };
    config.distilled = config.distilled || has(names.distillationToken());
    config.layerScale = config.layerScale || has(names.block(0, VitNames::Part::Gamma1));
    config.qkvBias = has(names.block(0, VitNames::Part::Qkv) + ".bias");
    const auto* positions = checkpoint.find(names.positions());
    if (positions && positions->shape.size() == 3 && config.patch > 0)
        config.positionsForPrefix = positions->shape[1] != config.patches(config.image);
}

// Where the two were found in config.json.
struct SizeKeys {
    std::string width = "hidden_size", image = "image_size";
};

SizeKeys sizeKeys(const nlohmann::json& config) {
    if (!isTimm(config)) return {};
    const auto has = [](const nlohmann::json& object, const char* field) {
        const auto found = object.find(field);
        return found != object.end() && !found->is_null();
    };
    const auto& arguments = objectOrEmpty(config, "model_args");
    SizeKeys keys = {.width = "width of the architecture", .image = "image size of the architecture"};
    for (const auto& [own, inner, outer] :
         {std::tuple{&keys.width, "embed_dim", "hidden_size"}, std::tuple{&keys.image, "img_size", "image_size"}}) {
        if (has(config, outer)) *own = outer;
        if (own == &keys.image && has(objectOrEmpty(config, "pretrained_cfg"), "input_size"))
            *own = "pretrained_cfg: input_size";
        if (has(arguments, inner)) *own = fmt::format("model_args: {}", inner);
    }
    return keys;
}

void checkTogether(const VitConfig& config, const SizeKeys& keys, std::vector<std::string>& problems) {
    if (config.width % config.heads != 0)
        problems.push_back(fmt::format("config.json: {}: found {}, expected a multiple of the {} heads", keys.width,
                                       config.width, config.heads));
    if (config.image.height % config.patch != 0 || config.image.width % config.patch != 0)
        problems.push_back(fmt::format("config.json: {}: found {}x{}, expected multiples of the patch size {}",
                                       keys.image, config.image.height, config.image.width, config.patch));
    else if (config.patches(config.image) > kMostTokens)
        problems.push_back(fmt::format("config.json: {}: found {} patches, expected at most {}", keys.image,
                                       config.patches(config.image), kMostTokens));
    const auto info = vitInfo(config, config.image);
    if (info.parameters > kMostParameters)
        problems.push_back(fmt::format("config.json: the sizes make {} parameters, expected at most {}",
                                       info.parameters, kMostParameters));
}

} // namespace

bool claimsVit(const nlohmann::json& config) {
    if (isTimm(config)) return textOf(config, "architecture").starts_with("vit");
    const auto type = textOf(config, "model_type");
    return type == "vit" || (type.empty() && firstArchitecture(config).starts_with("ViT"));
}

bool claimsDeit(const nlohmann::json& config) {
    if (isTimm(config)) return textOf(config, "architecture").starts_with("deit");
    const auto type = textOf(config, "model_type");
    return type == "deit" || (type.empty() && firstArchitecture(config).starts_with("DeiT"));
}

VitConfig readVitConfig(const Checkpoint& checkpoint, std::vector<std::string>& problems) {
    VitConfig config;
    if (isTimm(checkpoint.config))
        readTimm(checkpoint, config, problems);
    else
        readHuggingFace(checkpoint, config, problems);
    if (!problems.empty()) return config;
    followTensors(checkpoint, config);
    checkTogether(config, sizeKeys(checkpoint.config), problems);
    return config;
}

} // namespace levi
