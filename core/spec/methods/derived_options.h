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

enum class SoupKind { Uniform, Greedy };
template<>
inline const std::vector<std::string> kEnumNames<SoupKind> = {"uniform", "greedy"};

// Whether a run joins a greedy soup where the mean with it is just as good: the paper lets it, the authors' code does
// not.
enum class SoupTies { StayOut, Join };
template<>
inline const std::vector<std::string> kEnumNames<SoupTies> = {"stay_out", "join"};

// The mean of the weights of finished runs of one network (Wortsman et al. 2022, Model soups). Greedy: in descending
// order of accuracy (of numbers: ascending RMSE) on id_val, a run joins where the mean with it is better on id_val than
// without.
struct WeightSoupOptions {
    std::vector<std::string> parents;
    std::int64_t members = 1; // seeds of each parent
    SoupKind kind = SoupKind::Uniform;
    SoupTies ties = SoupTies::StayOut;
};

enum class AlphaChoice { Fixed, IdVal };
template<>
inline const std::vector<std::string> kEnumNames<AlphaChoice> = {"fixed", "id_val"};

// WiSE-FT (Wortsman et al. 2022): (1 - alpha) of the weights that a run started from, a probe on the published
// backbone, and alpha of those it ended with.
struct WiseFtOptions {
    std::vector<std::string> parents; // one that started from a probe: lp_ft
    AlphaChoice choose = AlphaChoice::Fixed;
    double alpha = 0.5;
    std::int64_t steps = 10; // alpha = 0, 1 / steps, ..., 1 are measured
};

FieldTable outputEnsembleFields();
FieldTable seedEnsembleFields();
FieldTable weightSoupFields();
FieldTable wiseFtFields();

} // namespace levi
