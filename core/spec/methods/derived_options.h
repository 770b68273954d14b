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

// The mean of the predictions of several seeds of one setting: the deep ensemble (Lakshminarayanan et al. 2017).
struct SeedEnsembleOptions {
    std::vector<std::string> parents; // one
    std::int64_t members = 3;         // seeds of the parent that make one of the ensemble
    EnsembleOf average = EnsembleOf::Probabilities;
};

FieldTable outputEnsembleFields();
FieldTable seedEnsembleFields();

} // namespace levi
