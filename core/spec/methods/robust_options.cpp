// SPDX-License-Identifier: Apache-2.0
#include "core/spec/methods/robust_options.h"

#include "core/spec/experiment_spec.h"

namespace levi {
namespace {

template<typename S>
void addHead(Fields<S>& f) {
    f.add("hidden_width", &RobustOptions::hiddenWidth, "Hidden width")
        .range(0, 8192)
        .help("Width of the head's one hidden layer; 0: a linear head.");
    addReadout(f);
}

template<typename S>
void addAnnealed(Fields<S>& f, const char* penalty) {
    f.add("penalty_weight", &AnnealedOptions::penaltyWeight, "Penalty weight")
        .range(0, 1e6)
        .help(std::string("Weight of ") + penalty + " once the first steps are over; until then it is 1.");
    f.add("anneal_share", &AnnealedOptions::annealShare, "Annealing")
        .unit("of all steps")
        .range(0, 1)
        .advanced()
        .help("Share of the steps in which the penalty still has weight 1; at their end the optimiser starts anew.");
    addHead(f);
}

} // namespace

FieldTable groupDroFields() {
    Fields<GroupDroOptions> f;
    f.add("step_size", &GroupDroOptions::stepSize, "Step size of the group weights")
        .range(0, 10)
        .help("How fast weight moves to the training domains with the largest loss; 0: all domains weigh the same.");
    addHead(f);
    return f.table();
}

FieldTable irmFields() {
    Fields<IrmOptions> f;
    addAnnealed(f, "the penalty on classifiers that could be rescaled to fit a domain better");
    return f.table();
}

FieldTable vrexFields() {
    Fields<VrexOptions> f;
    addAnnealed(f, "the variance of the losses of the training domains");
    return f.table();
}

FieldTable coralFields() {
    Fields<CoralOptions> f;
    f.add("penalty_weight", &CoralOptions::penaltyWeight, "Penalty weight")
        .range(0, 1e6)
        .help("Weight of the differences between the domains' means and covariances of what the last layer reads.");
    f.add("hidden_width", &RobustOptions::hiddenWidth, "Hidden width")
        .range(0, 8192)
        .help("Width of the head's one hidden layer, whose output is aligned between domains; 0: a linear head, which "
              "needs a trained backbone.")
        .check([](const ExperimentSpec& spec, const CoralOptions& o) -> std::optional<std::string> {
            if (o.hiddenWidth > 0 || trainsBackbone(spec)) return std::nullopt;
            return "with a linear head on a frozen backbone the penalty is a constant and CORAL is a linear probe; "
                   "give the head a hidden layer, such as 64, or train the backbone (backbone.mode)";
        });
    addReadout(f);
    return f.table();
}

FieldTable mixupFields() {
    Fields<MixupOptions> f;
    f.add("alpha", &MixupOptions::alpha, "Alpha")
        .range(0, 100)
        .help("Both parameters of the Beta distribution of the mixing share: 0 mixes nothing, 1 draws evenly. With a "
              "frozen backbone its features are mixed, else the pictures.");
    addHead(f);
    return f.table();
}

} // namespace levi
