// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/sweep.h"
#include "core/store/study_records.h"

#include <cstdint>
#include <string>
#include <vector>

namespace levi {

// Studies that the program knows: what each states, and the sweep of public fields that answers it, as anybody could
// write it. Settings are named by what they change. All are judged on the mean over the OOD domains; the family is what
// the question needs, every other comparison is exploratory.
struct NamedStudy {
    StudyPlan plan;
    Sweep sweep;
    std::vector<std::string> leftOut = {}; // a sentence each: what one would look for and does not find
};

// Pretraining clean or flawed, fine-tuning data unbiased or biased, each method of the demo: do both sides hurt, and
// who repairs which?
NamedStudy premiseStudy();

// One part of `base`, a spec of LEVI, is changed at a time: layers (early, middle, late, each, all), specialist (none,
// narrower, wider, the other kind), adapting layer, combination, normalisation, what is trained of the backbone.
// depth: blocks of its backbone. Throws Error where `base` is no LEVI.
NamedStudy ablationStudy(const ExperimentSpec& base, int depth);

// `base` against every other method at the same seeds and budget, the linear probe by its convex fit too; of methods
// that need groups only where `hasGroups`. Those that join several seeds are left out: a run of theirs costs what its
// parents cost.
NamedStudy efficiencyStudy(const ExperimentSpec& base, bool hasGroups);

// At how many seeds each comparison of the family can reach kStudyAlpha; at least 6.
inline constexpr double kStudyAlpha = 0.05;
std::int64_t seedsNeeded(const StudyPlan& plan);

} // namespace levi
