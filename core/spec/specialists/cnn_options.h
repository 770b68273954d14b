// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/specialists/specialist_options.h"

namespace levi {

// A small convolutional network for pictures: `depth` stages of 3x3 convolution, normalisation and GELU; each stage
// after the first halves the resolution and doubles the width; global average pooling; a linear layer to `outputWidth`.
struct CnnOptions : SpecialistOptions {
    std::int64_t width = 24;
    std::int64_t depth = 4;
    std::int64_t outputWidth = 96; // of s, which every adapting layer reads
};

FieldTable cnnFields();

} // namespace levi
