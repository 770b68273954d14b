// SPDX-License-Identifier: Apache-2.0
#include "core/spec/backbones/text_encoder_options.h"

namespace levi {

FieldTable textEncoderFields() {
    Fields<TextEncoderOptions> f;
    addBackbone(f, "Folder with config.json, model.safetensors (or its shards and their index) in Hugging Face naming, "
                   "and the tokenizer's files.");
    return f.table();
}

} // namespace levi
