// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/preprocess_config.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace levi {
namespace {

constexpr IntegerRange kPixels = {1, 16384};
constexpr double kLargestColour = 1e3;

void takeNormalisation(const ConfigReader& reader, const char* meanField, const char* stdField,
                       PreprocessRecipe& recipe) {
    const auto mean =
        reader.colours(meanField, -kLargestColour, kLargestColour, {recipe.mean.begin(), recipe.mean.end()});
    const auto std = reader.colours(stdField, 1e-6, kLargestColour, {recipe.std.begin(), recipe.std.end()});
    std::ranges::copy(mean, recipe.mean.begin());
    std::ranges::copy(std, recipe.std.begin());
}

// Pillow's numbers: 0 nearest, 1 Lanczos, 2 bilinear, 3 bicubic.
Interpolation resampling(const ConfigReader& reader, Interpolation byDefault) {
    const auto number = reader.integer("resample", {0, 5}, byDefault == Interpolation::Bicubic ? 3 : 2);
    if (number == 2) return Interpolation::Bilinear;
    if (number != 3) reader.problem("resample", fmt::format("{}", number), "2 (bilinear) or 3 (bicubic)");
    return Interpolation::Bicubic;
}

void takeResize(const nlohmann::json& config, const ConfigReader& reader, PreprocessRecipe& recipe) {
    if (!reader.has("size")) return;
    const auto& size = config.at("size");
    if (size.is_object() && size.contains("shortest_edge")) {
        const ConfigReader sizeReader(size, "preprocessor_config.json: size", reader.problems());
        recipe.resize = PreprocessRecipe::Resize::ShortestSide;
        recipe.resizeWidth = recipe.resizeHeight = sizeReader.integer("shortest_edge", kPixels);
        return;
    }
    // A bare number means a square here: so ViTFeatureExtractor and DeiTFeatureExtractor read it.
    const auto exact = reader.imageSize("size", kPixels);
    recipe.resize = PreprocessRecipe::Resize::Exact;
    recipe.resizeWidth = exact.width;
    recipe.resizeHeight = exact.height;
}

// The backbone reads one size: let the recipe end there.
void bendToModel(PreprocessRecipe& recipe, ImageSize model, std::vector<std::string>& notes) {
    const bool cropped = recipe.cropWidth > 0;
    const bool fixedSize = cropped || recipe.resize == PreprocessRecipe::Resize::Exact;
    const ImageSize end =
        cropped ? ImageSize{recipe.cropHeight, recipe.cropWidth} : ImageSize{recipe.resizeHeight, recipe.resizeWidth};
    if (fixedSize && end == model) return;
    notes.push_back(fmt::format("the preprocessing ends at {}x{} pixels, the backbone reads {}x{}: {}", end.width,
                                end.height, model.width, model.height,
                                fixedSize ? "bent to the backbone's size" : "a centre crop was added"));
    if (!fixedSize || cropped) {
        const double scale = fixedSize ? double(model.height) / double(end.height) : 1.0;
        recipe.resizeWidth =
            std::max(model.width, static_cast<std::int64_t>(std::llround(double(recipe.resizeWidth) * scale)));
        recipe.resizeHeight =
            std::max(model.height, static_cast<std::int64_t>(std::llround(double(recipe.resizeHeight) * scale)));
        recipe.cropWidth = model.width;
        recipe.cropHeight = model.height;
    } else {
        recipe.resizeWidth = model.width;
        recipe.resizeHeight = model.height;
    }
}

} // namespace

PreprocessRecipe exactRecipe(ImageSize size, Interpolation interpolation) {
    PreprocessRecipe recipe;
    recipe.resizeWidth = size.width;
    recipe.resizeHeight = size.height;
    recipe.interpolation = interpolation;
    return recipe;
}

PreprocessRecipe shortestSideRecipe(std::int64_t side, ImageSize crop, Interpolation interpolation) {
    PreprocessRecipe recipe = exactRecipe({side, side}, interpolation);
    recipe.resize = PreprocessRecipe::Resize::ShortestSide;
    recipe.cropWidth = crop.width;
    recipe.cropHeight = crop.height;
    return recipe;
}

PreprocessRecipe huggingFaceRecipe(const nlohmann::json& config, PreprocessRecipe byDefault, ImageSize model,
                                   Remarks& remarks) {
    PreprocessRecipe recipe = byDefault;
    recipe.fromCheckpoint = true;
    recipe.cropRounding = CropRounding::Down;
    const ConfigReader reader(config, "preprocessor_config.json", remarks.problems);
    takeResize(config, reader, recipe);
    recipe.interpolation = resampling(reader, recipe.interpolation);
    if (!reader.boolean("do_resize", true)) reader.problem("do_resize", "false", "true: the backbone reads one size");
    const bool crop = reader.boolean("do_center_crop", reader.has("crop_size") || recipe.cropWidth > 0);
    const auto cropSize = reader.imageSize("crop_size", kPixels, model);
    recipe.cropWidth = crop ? cropSize.width : 0;
    recipe.cropHeight = crop ? cropSize.height : 0;
    if (reader.boolean("do_normalize", true)) {
        takeNormalisation(reader, "image_mean", "image_std", recipe);
    } else {
        recipe.mean = {0, 0, 0};
        recipe.std = {1, 1, 1};
    }
    const double rescale = reader.boolean("do_rescale", true) ? reader.number("rescale_factor", 0, 1, 1.0 / 255) : 1.0;
    if (std::abs(rescale * 255 - 1) > 1e-6)
        reader.problem("rescale_factor", fmt::format("{}", rescale), "1/255: values from 0 to 1 before normalising");
    bendToModel(recipe, model, remarks.notes);
    return recipe;
}

PreprocessRecipe timmRecipe(const nlohmann::json& pretrainedCfg, PreprocessRecipe byDefault, ImageSize model,
                            Remarks& remarks) {
    const ConfigReader reader(pretrainedCfg, "config.json: pretrained_cfg", remarks.problems);
    PreprocessRecipe recipe = byDefault;
    recipe.fromCheckpoint = true;
    takeNormalisation(reader, "mean", "std", recipe);
    const auto interpolation = reader.text("interpolation", interpolationName(recipe.interpolation));
    if (interpolation != "bicubic" && interpolation != "bilinear")
        reader.problem("interpolation", fmt::format("'{}'", interpolation), "bicubic or bilinear");
    recipe.interpolation = interpolation == "bilinear" ? Interpolation::Bilinear : Interpolation::Bicubic;
    const double cropPct = reader.number("crop_pct", 0.05, 1.0, 0.9);
    const auto mode = reader.text("crop_mode", "center");
    if (mode != "center" && mode != "squash")
        reader.problem("crop_mode", fmt::format("'{}'", mode), "center or squash");
    recipe.resizeWidth = static_cast<std::int64_t>(std::floor(static_cast<double>(model.width) / cropPct));
    recipe.resizeHeight = static_cast<std::int64_t>(std::floor(static_cast<double>(model.height) / cropPct));
    const bool square = model.width == model.height;
    recipe.resize =
        square && mode == "center" ? PreprocessRecipe::Resize::ShortestSide : PreprocessRecipe::Resize::Exact;
    recipe.cropWidth = model.width;
    recipe.cropHeight = model.height;
    return recipe;
}

} // namespace levi
