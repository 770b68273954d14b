// SPDX-License-Identifier: Apache-2.0
#include "core/spec/methods/levi_options.h"

#include "core/spec/data/target_options.h"

namespace levi {
namespace {

template<typename S>
void addLayerEnsemble(Fields<S>& f) {
    using L = LayerEnsembleOptions;
    f.add("taps", &L::taps, "Layers")
        .help("Hidden states to ensemble, each with an adapting layer of its own: all, last, late_half, every_second, "
              "4-12, or 0,4,8.");
    f.add("adapter", &L::adapter, "Adapting layer")
        .help("linear, or one hidden layer with GELU (mlp), which lets the hidden state and the specialist interact.");
    f.add("adapter_width", &L::adapterWidth, "Adapter width")
        .range(1, 8192)
        .when([](const S& o) { return o.adapter == AdapterKind::Mlp; })
        .help("Width of the hidden layer of each adapting layer.");
    f.add("combine", &L::combine, "Combination")
        .help("How the predictions of the layers become one: the mean of their logits or of their probabilities, or a "
              "mean of logits with weights that are trained (learned), alike for all rows. Of numbers logits are the "
              "predicted numbers.")
        .check([](const ExperimentSpec& spec, const S& o) -> std::optional<std::string> {
            if (o.combine != Combine::MeanProbabilities || !predictsNumbers(spec)) return std::nullopt;
            return "found mean_probabilities, expected mean_logits or learned: the target is a number (data.target), "
                   "which has no probabilities";
        });
    f.add("loss", &L::loss, "Loss")
        .help("parts: every layer's prediction has the loss and they are averaged; whole: only the combined prediction "
              "has it. With parts a learned combination learns its weights from the loss of the combined prediction, "
              "the layers do not.");
    addReadout(f);
}

} // namespace

FieldTable allLayerProbeFields() {
    Fields<LayerEnsembleOptions> f;
    addLayerEnsemble(f);
    return f.table();
}

FieldTable leviFields() {
    Fields<LeviOptions> f;
    addLayerEnsemble(f);
    f.add("specialist_dropout", &LeviOptions::specialistDropout, "Dropout on s")
        .range(0, 0.95)
        .help("Share of the specialist's output that training hides from the adapting layers, so that they keep "
              "reading the backbone.");
    f.add("specialist_loss_weight", &LeviOptions::specialistLossWeight, "Specialist's own loss")
        .range(0, 100)
        .help("Weight of an extra loss on a head of the specialist alone; 0: the specialist learns through the "
              "adapters only.");
    f.add("detach_specialist", &LeviOptions::detachSpecialist, "Detach the specialist")
        .advanced()
        .help(
            "Stops gradients from the adapting layers into the specialist, which then learns from its own loss alone.")
        .check([](const ExperimentSpec&, const LeviOptions& o) -> std::optional<std::string> {
            if (!o.detachSpecialist || o.specialistLossWeight > 0) return std::nullopt;
            return "a detached specialist learns nothing while specialist_loss_weight is 0; give it a weight, such as "
                   "1";
        });
    return f.table();
}

} // namespace levi
