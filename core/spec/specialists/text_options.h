// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/specialists/specialist_options.h"

#include <vector>

namespace levi {

// The mean of the token embeddings of a text, and a linear layer to `outputWidth`.
struct BagOptions : SpecialistOptions {
    std::int64_t embeddingWidth = 64;
    std::int64_t outputWidth = 96; // of s, which every adapting layer reads
};

// Convolutions of several widths over the token embeddings of a text, the largest answer of each filter, and a linear
// layer to `outputWidth` (Kim 2014).
struct TextCnnOptions : SpecialistOptions {
    std::int64_t embeddingWidth = 64;
    std::vector<double> windows = {3, 4, 5}; // tokens that a filter reads
    std::int64_t filters = 64;               // of each window
    std::int64_t outputWidth = 96;
};

// A small transformer from scratch on the tokens of a text: learned positions, pre-norm blocks, the mean over the
// tokens, a linear layer to `outputWidth`. Nothing of it is made for a task: the generic specialist of the ablation.
struct TextTransformerOptions : SpecialistOptions {
    std::int64_t embeddingWidth = 64;
    std::int64_t blocks = 2;
    std::int64_t heads = 4;
    std::int64_t outputWidth = 96;
};

FieldTable bagFields();
FieldTable textCnnFields();
FieldTable textTransformerFields();

} // namespace levi
