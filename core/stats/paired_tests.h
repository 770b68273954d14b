// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/stats/intervals.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace levi {

// Differences a - b of the seeds that both have; the seeds of one side alone are named, for the reader to see.
struct SeedPairs {
    std::vector<std::uint64_t> seeds;
    std::vector<double> differences;
    std::vector<std::uint64_t> onlyA;
    std::vector<std::uint64_t> onlyB;
};
using ValueOfSeed = std::map<std::uint64_t, double>;
SeedPairs pairBySeed(const ValueOfSeed& a, const ValueOfSeed& b);

// Sign-flip test: were a and b alike, each difference could as well have the other sign. Two-sided p of the mean.
struct SignFlip {
    double p = 1;
    double smallestPossibleP = 1; // what n alone allows: 2 / 2^n, or 1 / (draws + 1) when drawn
    bool exact = true;            // all 2^n sign patterns counted (n <= 20); otherwise drawn at random (Monte Carlo)
    std::int64_t patterns = 1;    // counted or drawn
};
// Throws Error where a difference is not finite. No difference at all: p = 1. The draws come from `seed`.
SignFlip signFlipTest(std::span<const double> differences, std::uint64_t seed = 0);

enum class PairedVerdict {
    AHigher,
    BHigher,
    Undecided,   // tested, and not told apart
    TooFewSeeds, // no outcome at this n could have been significant: the test cannot speak
};

struct PairedComparison {
    std::optional<Estimate> difference; // a - b; absent without a shared seed
    SignFlip test;
    double alpha = 0.05;
    PairedVerdict verdict = PairedVerdict::TooFewSeeds;
};
// alpha is both the threshold of the verdict and 1 - level of the interval.
PairedComparison comparePaired(std::span<const double> differences, double alpha = 0.05);

std::string pText(double p); // "0.031", "< 0.001"

// The smallest n at which the sign-flip test can reach alpha: 6 for 0.05.
int fewestSeeds(double alpha);

// McNemar's test on the same samples judged by two models; a sample that both get right or wrong says nothing.
struct McNemar {
    double pExact = 1;                   // binomial, two-sided
    std::optional<double> chi2Corrected; // continuity corrected; absent where no sample is discordant
    std::optional<double> pChi2Corrected;
};
McNemar mcNemarTest(std::int64_t onlyARight, std::int64_t onlyBRight);

// Holm's step-down adjustment for many tests, in the order given. Throws Error where a p is outside [0, 1].
std::vector<double> holmAdjusted(std::span<const double> pValues);

} // namespace levi
