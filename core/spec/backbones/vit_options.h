// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/backbones/backbone_options.h"

namespace levi {

// ViT and DeiT from Hugging Face or timm files.
struct VitOptions : BackboneOptions {
    std::int64_t imageSize = 0; // pixels; 0: the checkpoint's. Other sizes resize the position embeddings.
};

FieldTable vitFields();

} // namespace levi
