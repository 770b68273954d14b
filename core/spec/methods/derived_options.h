// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/fields.h"

namespace levi {

enum class EnsembleOf { Probabilities, Logits };
template<>
inline const std::vector<std::string> kEnumNames<EnsembleOf> = {"probabilities", "logits"};

// The mean of the predictions of finished runs, seed by seed. Derived: it retrains nothing.
struct OutputEnsembleOptions {
    std::vector<std::string> parents; // settings in the same store: a run's name, or the first digits of a cell's key
    EnsembleOf average = EnsembleOf::Probabilities;
};

FieldTable outputEnsembleFields();

} // namespace levi
