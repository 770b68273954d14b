// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/fields.h"

#include <cstdint>
#include <filesystem>

namespace levi {

enum class BackboneMode { Frozen, Full };
template<>
inline const std::vector<std::string> kEnumNames<BackboneMode> = {"frozen", "full"};

// What every backbone has, whatever its family.
struct BackboneOptions {
    std::filesystem::path path; // folder with config.json and model.safetensors; "resource:NAME" is one that we ship
    BackboneMode mode = BackboneMode::Frozen;
    double learningRate = 3e-5; // of the backbone, where it is trained
};

// ViT and DeiT from Hugging Face or timm files.
struct VitOptions : BackboneOptions {
    std::int64_t imageSize = 0; // pixels; 0: the checkpoint's. Other sizes resize the position embeddings.
};

FieldTable vitFields();

} // namespace levi
