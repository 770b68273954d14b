// SPDX-License-Identifier: Apache-2.0
#include "core/spec/backbones/vit_options.h"

namespace levi {

FieldTable vitFields() {
    Fields<VitOptions> f;
    addBackbone(f, "Folder with config.json and model.safetensors in Hugging Face or timm naming, or the demo's "
                   "resource:demo_vit or resource:demo_vit_clean.");
    f.add("image_size", &VitOptions::imageSize, "Input size")
        .unit("px")
        .range(0, 2048)
        .advanced()
        .help(
            "Side of the square that the backbone reads; 0: the checkpoint's. Position embeddings are resized to it.");
    return f.table();
}

} // namespace levi
