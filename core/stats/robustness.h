// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace levi {

// How far a model's OOD accuracy lies above what its ID accuracy lets expect (Taori et al. 2020): the baselines'
// accuracies are brought to an unbounded scale, a line is fitted by least squares, and the model is compared with the
// line.
enum class AccuracyScale { Logit, Probit };

struct RobustnessLine {
    double slope = 0;
    double intercept = 0;
    double pearson = 0; // of the transformed accuracies; a weak line makes the value below meaningless

    double expectedOod(double idAccuracy) const;
    double effectiveRobustness(double idAccuracy, double oodAccuracy) const; // accuracy, not scaled

    AccuracyScale scale = AccuracyScale::Logit;
};

// A line through fewer baselines says nothing.
inline constexpr std::size_t kFewestBaselines = 5;

// Absent with fewer than five baselines or where all have one ID accuracy. Accuracies must lie strictly inside (0, 1),
// where the scale is finite, and the spans be of one length; throws Error otherwise.
std::optional<RobustnessLine> fitRobustnessLine(std::span<const double> idAccuracies,
                                                std::span<const double> oodAccuracies,
                                                AccuracyScale scale = AccuracyScale::Logit);

} // namespace levi
