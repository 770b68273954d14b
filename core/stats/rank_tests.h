// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace levi {

// Several methods on several data sets (Demsar 2006). Rank 1 is the best; ties share the mean rank.
struct Friedman {
    std::vector<double> meanRanks;            // a method each
    std::optional<double> chi2;               // corrected for ties; absent where every row is one tie
    std::optional<double> p;                  // chi-squared approximation, methods - 1 degrees of freedom
    std::optional<double> criticalDifference; // Nemenyi: mean ranks further apart than this differ at `alpha`
};

struct FriedmanOptions {
    bool higherIsBetter = true;
    double alpha = 0.05;
};

// scores: a row a data set, a column a method. Throws Error unless there are two methods or more, a row or more, all
// rows of one length and finite.
Friedman friedmanTest(const std::vector<std::vector<double>>& scores, const FriedmanOptions& options = {});

// Performance profile (Agarwal et al. 2021): the share of scores that reach each threshold, one a threshold. Throws
// Error without a score or where one is not finite.
std::vector<double> performanceProfile(std::span<const double> scores, std::span<const double> thresholds,
                                       bool higherIsBetter = true);

// P(range of `groups` standard normals <= q): the studentised range with infinite degrees of freedom, and its quantile.
double studentisedRangeCdf(double q, int groups);
double studentisedRangeQuantile(double probability, int groups);

// P(a > b) + P(a = b) / 2 over all pairs; absent where a side is empty. Throws Error where a value is not finite.
std::optional<double> probabilityOfSuperiority(std::span<const double> a, std::span<const double> b);

} // namespace levi
