// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/specialists/specialist_options.h"

namespace levi {

// A small vision transformer from scratch: no convolution, no pooling of neighbours, so nothing of it is made for
// pictures beyond the cut into patches. The generic specialist of the ablation. Patches of `patch` pixels, learned
// positions, pre-norm blocks, the mean over patches, a linear layer to `outputWidth`.
struct TransformerOptions : SpecialistOptions {
    std::int64_t embeddingWidth = 64;
    std::int64_t blocks = 3;
    std::int64_t heads = 4;
    std::int64_t patch = 8; // pixels
    std::int64_t outputWidth = 96;
};

FieldTable transformerFields();

} // namespace levi
