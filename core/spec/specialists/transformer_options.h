// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/specialists/specialist_options.h"

#include <optional>
#include <string>

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

// Fields that transformers on pictures and on texts share: blocks and heads.
template<typename T>
void addBlocks(Fields<T>& f) {
    f.add("blocks", &T::blocks, "Blocks").range(1, 24).help("Blocks of attention and a hidden layer.");
    f.add("heads", &T::heads, "Heads")
        .range(1, 64)
        .help("Attention heads of each block; they divide the width.")
        .check([](const ExperimentSpec&, const T& o) -> std::optional<std::string> {
            if (o.embeddingWidth % o.heads == 0) return std::nullopt;
            return fmt::format("{} heads do not divide an embedding width of {}; choose a divisor, such as 4", o.heads,
                               o.embeddingWidth);
        });
}

} // namespace levi
