// SPDX-License-Identifier: Apache-2.0
#include "core/spec/methods/derived_options.h"

namespace levi {

FieldTable outputEnsembleFields() {
    Fields<OutputEnsembleOptions> f;
    f.add("parents", &OutputEnsembleOptions::parents, "Parents")
        .required()
        .help("Settings whose finished runs are averaged, seed by seed: names of specs, or the first digits of cell "
              "keys.")
        .check([](const ExperimentSpec&, const OutputEnsembleOptions& o) -> std::optional<std::string> {
            if (o.parents.size() >= 2) return std::nullopt;
            return fmt::format("names {} parents, an ensemble needs at least 2", o.parents.size());
        });
    f.add("average", &OutputEnsembleOptions::average, "Average of")
        .help("Whether probabilities or logits are averaged.");
    return f.table();
}

} // namespace levi
