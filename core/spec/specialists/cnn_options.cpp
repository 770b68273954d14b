// SPDX-License-Identifier: Apache-2.0
#include "core/spec/specialists/cnn_options.h"

namespace levi {

FieldTable cnnFields() {
    Fields<CnnOptions> f;
    f.add("width", &CnnOptions::width, "Width")
        .unit("channels")
        .range(8, 256)
        .multipleOf(8)
        .help("Channels of the first stage; each later stage has twice as many.");
    f.add("depth", &CnnOptions::depth, "Depth")
        .unit("stages")
        .range(1, 6)
        .help("Stages of convolution; each one after the first halves the resolution.");
    f.add("output_width", &CnnOptions::outputWidth, "Output width")
        .range(4, 4096)
        .help("Width of s, the specialist's final output, which every adapting layer reads beside its hidden state.");
    addSpecialistTraining(f);
    return f.table();
}

} // namespace levi
