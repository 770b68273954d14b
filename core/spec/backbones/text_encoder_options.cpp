// SPDX-License-Identifier: Apache-2.0
#include "core/spec/backbones/text_encoder_options.h"

namespace levi {

FieldTable textEncoderFields() {
    Fields<TextEncoderOptions> f;
    addBackbone(f);
    return f.table();
}

} // namespace levi
