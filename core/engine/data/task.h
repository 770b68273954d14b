// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/data/target_options.h"
#include "core/stats/wilds_metrics.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace levi {

// Numbers as training sees them, (y - mean) / deviation over the training rows, so that losses, learning rates and
// penalties mean the same whatever the unit.
struct TargetScale {
    double mean = 0, deviation = 1;
    double low = 0, high = 0; // of the training rows
    bool clips = false;       // predictions are kept within low and high
};
TargetScale targetScale(std::span<const double> trainingTargets, bool clips); // targets that are all equal: deviation 1

// What is asked of a row, and by what its answer is judged. Data sets, files of predictions and of weights say it.
struct Task {
    TargetKind target = TargetKind::Class;
    std::vector<std::string> classes; // of TargetKind::Class
    std::vector<std::string> domains;
    TargetScale scale;                // of TargetKind::Number
    std::vector<GroupField> groups;   // whose combinations are judged (WILDS); empty: the domains are the groups
    std::vector<double> groupWeights; // of the adjusted average, one a combination

    bool isNumber() const { return target == TargetKind::Number; }
    std::int64_t outputs() const { return isNumber() ? 1 : static_cast<std::int64_t>(classes.size()); } // of a network
};

} // namespace levi
