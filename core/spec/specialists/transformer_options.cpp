// SPDX-License-Identifier: Apache-2.0
#include "core/spec/specialists/transformer_options.h"

namespace levi {

FieldTable transformerFields() {
    using T = TransformerOptions;
    Fields<T> f;
    f.add("embedding_width", &T::embeddingWidth, "Embedding width")
        .range(8, 1024)
        .multipleOf(8)
        .help("Numbers per patch; the blocks' hidden layers are four times as wide.");
    addBlocks(f);
    f.add("patch", &T::patch, "Patch size")
        .unit("px")
        .range(1, 256)
        .help("Side of the square patches; it divides the resolution of the specialist's view.");
    f.add("output_width", &T::outputWidth, "Output width")
        .range(4, 4096)
        .help("Width of s, the specialist's final output, which every adapting layer reads beside its hidden state.");
    addSpecialistTraining(f);
    return f.table();
}

} // namespace levi
