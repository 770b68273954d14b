// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/fields.h"

#include <cstdint>

namespace levi {

// What every specialist has: it is trained from scratch, at a pace of its own.
struct SpecialistOptions {
    double learningRate = 1e-3;
    double weightDecay = 0.01;
};

// A small convolutional network for pictures: `depth` stages of 3x3 convolution, normalisation and GELU; each stage
// after the first halves the resolution and doubles the width; global average pooling; a linear layer to `outputWidth`.
struct CnnOptions : SpecialistOptions {
    std::int64_t width = 24;
    std::int64_t depth = 4;
    std::int64_t outputWidth = 96; // of s, which every adapting layer reads
    double dropout = 0.0;          // before the specialist's own head
};

FieldTable cnnFields();

} // namespace levi
