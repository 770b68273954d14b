// SPDX-License-Identifier: Apache-2.0
#include "core/spec/methods/fine_tuning_options.h"

namespace levi {
namespace {

template<typename S>
void addFineTuning(Fields<S>& f) {
    f.add("pool", &FineTuningOptions::pool, "Pooling")
        .help(std::string("How the tokens of the last hidden state become the vector that the head reads: ") +
              kPoolHelp);
    f.add("dropout", &FineTuningOptions::dropout, "Dropout").range(0, 0.95).help("Dropout before the head.");
}

} // namespace

FieldTable fineTuningFields() {
    Fields<FineTuningOptions> f;
    addFineTuning(f);
    return f.table();
}

FieldTable layerDecayFields() {
    Fields<LayerDecayOptions> f;
    f.add("decay", &LayerDecayOptions::decay, "Decay per layer")
        .range(0.01, 1)
        .help("What the learning rate is multiplied by from each layer to the one below: the final norm has the "
              "backbone's learning rate, the embeddings the least.");
    addFineTuning(f);
    return f.table();
}

FieldTable l2SpFields() {
    Fields<L2SpOptions> f;
    f.add("strength", &L2SpOptions::strength, "Strength")
        .range(0, 1e6)
        .help("Coefficient of the sum of squared differences between the backbone's weights and their start.");
    f.add("head_strength", &L2SpOptions::headStrength, "Strength on the head")
        .range(0, 1e6)
        .advanced()
        .help("Coefficient of the sum of squares of the head's weights, which have no start to stay near.");
    addFineTuning(f);
    return f.table();
}

FieldTable lpFtFields() {
    Fields<LpFtOptions> f;
    addFineTuning(f);
    addConvexFit(f);
    return f.table();
}

} // namespace levi
