// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/model/config_reader.h"
#include "core/jobs/backbone_info.h"

#include <nlohmann/json_fwd.hpp>

namespace levi {

// What the reader of the recipe adds to: sentences for BackboneInfo.
struct Remarks {
    std::vector<std::string> problems;
    std::vector<std::string> notes;
};

// From preprocessor_config.json as transformers writes it, new or old style. Fields that are absent keep `byDefault`.
// `model` is what the backbone reads: a recipe that ends at another size is bent to it, with a note.
PreprocessRecipe huggingFaceRecipe(const nlohmann::json& config, PreprocessRecipe byDefault, ImageSize model,
                                   Remarks& remarks);

// From the pretrained_cfg of a timm config.json: shortest side to floor(size / crop_pct), then a centre crop.
PreprocessRecipe timmRecipe(const nlohmann::json& pretrainedCfg, PreprocessRecipe byDefault, ImageSize model,
                            Remarks& remarks);

PreprocessRecipe exactRecipe(ImageSize size, Interpolation interpolation);                           // google's ViT
PreprocessRecipe shortestSideRecipe(std::int64_t side, ImageSize crop, Interpolation interpolation); // DeiT, timm

constexpr std::array<double, 3> kImageNetMean = {0.485, 0.456, 0.406};
constexpr std::array<double, 3> kImageNetStd = {0.229, 0.224, 0.225};

} // namespace levi
