// SPDX-License-Identifier: Apache-2.0
#include "core/spec/backbones/vit_options.h"

namespace levi {

FieldTable vitFields() {
    Fields<VitOptions> f;
    addBackbone(f);
    f.add("image_size", &VitOptions::imageSize, "Input size")
        .unit("px")
        .range(0, 2048)
        .advanced()
        .help(
            "Side of the square that the backbone reads; 0: the checkpoint's. Position embeddings are resized to it.");
    return f.table();
}

} // namespace levi
