// SPDX-License-Identifier: Apache-2.0
#include "core/spec/methods/head2toe_options.h"

#include <algorithm>

namespace levi {

FieldTable head2toeFields() {
    using H = Head2ToeOptions;
    Fields<H> f;
    f.add("taps", &H::taps, "Layers")
        .help("Hidden states whose features may be kept, beside the last hidden state's: all, last, late_half, "
              "every_second, 4-12, or 0,4,8.");
    f.add("pool", &H::pool, "Pooling")
        .help(std::string("How the tokens of a hidden state become one vector: ") + kPoolHelp);
    f.add("keep_fraction", &H::keepFraction, "Kept features")
        .range(1e-4, 1)
        .when([](const H& o) { return o.keepFractions.empty(); })
        .help("Share of all features that the head reads, those with the largest weights in a first head.");
    f.add("keep_fractions", &H::keepFractions, "Kept features to choose from")
        .advanced()
        .help("Shares of which id_val chooses one, each tried with a short head; empty: the one above.")
        .check([](const ExperimentSpec&, const H& o) -> std::optional<std::string> {
            const auto wrong = std::ranges::find_if(o.keepFractions, [](double x) { return !(x >= 1e-4 && x <= 1); });
            if (wrong == o.keepFractions.end()) return std::nullopt;
            return fmt::format("found {}, expected numbers from 0.0001 to 1", *wrong);
        });
    f.add("group_lasso", &H::groupLasso, "Group lasso")
        .range(0, 100)
        .help("Weight of the penalty that draws features out of the first head, all their weights together.");
    f.add("selection_steps", &H::selectionSteps, "Selection steps")
        .range(1, 1'000'000)
        .advanced()
        .help("Steps of the first head, and of each short head that tries a share.");
    f.add("selection_learning_rate", &H::selectionLearningRate, "Selection learning rate")
        .range(1e-7, 10)
        .advanced()
        .help("Learning rate of the first head's Adam; it goes to 0 along a cosine.");
    f.add("dropout", &H::dropout, "Dropout on z")
        .range(0, 0.95)
        .help("Share of the kept features that training hides in each step.");
    return f.table();
}

} // namespace levi
