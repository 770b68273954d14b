// SPDX-License-Identifier: Apache-2.0
#include "core/spec/methods/probe_options.h"

namespace levi {

FieldTable linearProbeFields() {
    using P = LinearProbeOptions;
    Fields<P> f;
    f.add("fit", &P::fit, "Fit")
        .help("sgd: steps of the optimiser, as other methods are trained; convex: logistic regression with an L2 "
              "penalty (of numbers ridge regression), solved exactly on features that are not augmented, whatever the "
              "seed.");
    addReadout<P>(f, [](const P& o) { return o.fit == ProbeFit::Sgd; });
    addConvexFit<P>(f, [](const P& o) { return o.fit == ProbeFit::Convex; });
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

FieldTable specialistAloneFields() {
    return {};
}

} // namespace levi
