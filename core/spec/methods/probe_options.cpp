// SPDX-License-Identifier: Apache-2.0
#include "core/spec/methods/probe_options.h"

namespace levi {

FieldTable linearProbeFields() {
    Fields<LinearProbeOptions> f;
    addReadout(f);
    return f.table();
}

FieldTable mlpProbeFields() {
    Fields<MlpProbeOptions> f;
    f.add("hidden_width", &MlpProbeOptions::hiddenWidth, "Hidden width")
        .range(1, 8192)
        .help("Width of the one hidden layer.");
    addReadout(f);
    return f.table();
}

FieldTable concatProbeFields() {
    Fields<ConcatProbeOptions> f;
    f.add("taps", &ConcatProbeOptions::taps, "Layers")
        .help("Hidden states to concatenate: all, last, late_half, every_second, 4-12, or 0,4,8.");
    addReadout(f);
    return f.table();
}

FieldTable fullFineTuningFields() {
    Fields<FullFineTuningOptions> f;
    f.add("pool", &FullFineTuningOptions::pool, "Pooling")
        .help("How the tokens of the last hidden state become the vector that the head reads.");
    f.add("dropout", &FullFineTuningOptions::dropout, "Dropout").range(0, 0.95).help("Dropout before the head.");
    return f.table();
}

FieldTable specialistAloneFields() {
    return {};
}

} // namespace levi
