// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/stats/paired_tests.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace levi {

// Comparisons that are judged together. Differences are candidate - baseline, turned so that positive is better.
enum class Verdict {
    Better,
    Worse,
    PracticallyEqual, // the difference is known to lie within the margin
    Undecided,
};

struct FamilyOptions {
    double alpha = 0.05;          // for the family as a whole
    std::optional<double> margin; // stated beforehand: differences within it are practically nothing
};

struct FamilyComparison {
    std::optional<Estimate> difference; // with its t-interval at 1 - alpha, for one; absent without a shared seed
    SignFlip test;
    double adjustedP = 1;              // Holm over the family
    double smallestAdjustedP = 1;      // the floor: smallest p that n allows, times the size of the family
    std::optional<double> superiority; // P(candidate > baseline) + P(equal) / 2, seed by seed
    Verdict verdict = Verdict::Undecided;
    std::optional<std::int64_t> moreSeeds; // of an undecided one: about so many, see below
};

// One of the family a span; one without a shared seed counts for the adjustment all the same.
//
// Practically equal (and this goes first): the t-interval at 1 - 2 alpha / m lies within the margin, that is, two
// one-sided tests at alpha / m reject differences beyond it (Schuirmann 1987; m: size of the family). Better or worse:
// the adjusted p is at most alpha. More seeds: for 80 % power at alpha / m,
//   n = ((z(1 - alpha / 2m) + z(.8)) sd / delta)^2,  delta = max(|mean|, margin - |mean|),
// the decision that is nearer, and at least as many as the floor of p demands.
std::vector<FamilyComparison> compareFamily(std::span<const std::vector<double>> differences,
                                            const FamilyOptions& options = {});
FamilyComparison compareAlone(std::span<const double> differences, const FamilyOptions& options = {});

// "better (p = 0.031, n = 6)", "practically equal within the margin (p = 0.44, n = 12)", "undecided (p = 0.44, n = 6):
// needs about 12 more seeds", "undecided: with 3 shared seeds no p below 0.25 is possible; needs about 5 more seeds",
// "no shared seed".
std::string verdictText(const FamilyComparison& comparison, const FamilyOptions& options = {});

// Where one is better it is named: "LEVI is better (p = 0.031, n = 6)"; else as above.
std::string verdictText(const FamilyComparison& comparison, const std::string& candidate, const std::string& baseline,
                        const FamilyOptions& options = {});

// Of one that decides nothing: "exploratory (p = 0.031 by itself, n = 6)", "no shared seed".
std::string exploratoryText(const FamilyComparison& comparison);

// The smallest n at which every one of so many comparisons can reach alpha: 12 for 20 comparisons at 0.01.
int fewestSeeds(double alpha, std::int64_t comparisons);

} // namespace levi
