// SPDX-License-Identifier: Apache-2.0
#include "core/stats/paired_tests.h"

#include "core/base/error.h"
#include "core/base/random.h"

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/chi_squared.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace levi {
namespace {

constexpr std::size_t kMostEnumerated = 20;
constexpr std::int64_t kDraws = 200'000;

// Counts the sign patterns of differences[next...] whose sum, added to `sum`, is at least `threshold` in size.
std::int64_t countAsExtreme(std::span<const double> differences, double sum, double threshold) {
    if (differences.empty()) return std::abs(sum) >= threshold;
    const auto rest = differences.subspan(1);
    return countAsExtreme(rest, sum + differences[0], threshold) +
           countAsExtreme(rest, sum - differences[0], threshold);
}

std::int64_t drawAsExtreme(std::span<const double> differences, double threshold, std::uint64_t seed) {
    Random random(streamSeed(seed, "sign flips"));
    std::int64_t extreme = 0;
    for (std::int64_t draw = 0; draw < kDraws; ++draw) {
        double sum = 0;
        std::uint64_t bits = 0;
        for (std::size_t i = 0; i < differences.size(); ++i) {
            if (i % 64 == 0) bits = random.next();
            sum += (bits >> (i % 64)) & 1 ? differences[i] : -differences[i];
        }
        extreme += std::abs(sum) >= threshold;
    }
    return extreme;
}

PairedVerdict judge(const PairedComparison& comparison) {
    if (!comparison.difference || comparison.test.smallestPossibleP > comparison.alpha)
        return PairedVerdict::TooFewSeeds;
    if (comparison.test.p > comparison.alpha) return PairedVerdict::Undecided;
    return comparison.difference->mean > 0 ? PairedVerdict::AHigher : PairedVerdict::BHigher;
}

} // namespace

SeedPairs pairBySeed(const ValueOfSeed& a, const ValueOfSeed& b) {
    SeedPairs pairs;
    for (const auto& [seed, value] : a) {
        const auto other = b.find(seed);
        if (other == b.end()) {
            pairs.onlyA.push_back(seed);
            continue;
        }
        pairs.seeds.push_back(seed);
        pairs.differences.push_back(value - other->second);
    }
    for (const auto& [seed, value] : b)
        if (!a.contains(seed)) pairs.onlyB.push_back(seed);
    return pairs;
}

namespace {

// The sum from which on a pattern of signs is as extreme as the one that was found. Patterns with the same sum on paper
// may differ by rounding: they count as equal.
double thresholdOf(std::span<const double> differences) {
    double sum = 0, sizes = 0;
    for (const double difference : differences) {
        if (!std::isfinite(difference))
            throw Error("sign-flip test: a difference is {}, expected finite ones", difference);
        sum += difference;
        sizes += std::abs(difference);
    }
    if (!std::isfinite(sizes)) throw Error("sign-flip test: the differences add up beyond the range of a double");
    return std::abs(sum) - 1e-12 * sizes;
}

} // namespace

SignFlip signFlipTest(std::span<const double> differences, std::uint64_t seed) {
    const double threshold = thresholdOf(differences);
    SignFlip result;
    if (differences.empty()) return result;
    result.exact = differences.size() <= kMostEnumerated;
    if (result.exact) {
        result.patterns = std::int64_t{1} << differences.size();
        result.smallestPossibleP = 2.0 / static_cast<double>(result.patterns);
        // A pattern and its mirror image are equally extreme: one sign may stay as it is.
        const std::int64_t extreme = 2 * countAsExtreme(differences.subspan(1), differences[0], threshold);
        result.p = static_cast<double>(extreme) / static_cast<double>(result.patterns);
    } else {
        result.patterns = kDraws;
        result.smallestPossibleP = 1.0 / static_cast<double>(kDraws + 1);
        result.p =
            static_cast<double>(1 + drawAsExtreme(differences, threshold, seed)) / static_cast<double>(kDraws + 1);
    }
    return result;
}

PairedComparison comparePaired(std::span<const double> differences, double alpha) {
    PairedComparison comparison{
        .difference = meanWithTInterval(differences, 1 - alpha), .test = signFlipTest(differences), .alpha = alpha};
    comparison.verdict = judge(comparison);
    return comparison;
}

std::string pText(double p) {
    return p < 0.001 ? "< 0.001" : fmt::format("{:.2g}", p);
}

int fewestSeeds(double alpha) {
    if (!(alpha > 0 && alpha < 1)) throw Error("fewest seeds: alpha {}, expected one inside (0, 1)", alpha);
    return std::max(1, static_cast<int>(std::ceil(1 - std::log2(alpha))));
}

McNemar mcNemarTest(std::int64_t onlyARight, std::int64_t onlyBRight) {
    constexpr std::int64_t kMost = std::int64_t{1} << 52; // a sum stays exact as a double
    if (onlyARight < 0 || onlyBRight < 0 || onlyARight > kMost || onlyBRight > kMost)
        throw Error("McNemar: {} and {} samples, expected counts of zero or more", onlyARight, onlyBRight);
    McNemar result;
    const double discordant = static_cast<double>(onlyARight + onlyBRight);
    if (discordant == 0) return result;
    const double fewer = static_cast<double>(std::min(onlyARight, onlyBRight));
    result.pExact = std::min(1.0, 2 * boost::math::cdf(boost::math::binomial(discordant, 0.5), fewer));
    const double distance = std::abs(static_cast<double>(onlyARight) - static_cast<double>(onlyBRight)) - 1;
    result.chi2Corrected = distance * distance / discordant;
    result.pChi2Corrected =
        boost::math::cdf(boost::math::complement(boost::math::chi_squared(1), *result.chi2Corrected));
    return result;
}

std::vector<double> holmAdjusted(std::span<const double> pValues) {
    for (const double p : pValues)
        if (!(p >= 0 && p <= 1)) throw Error("Holm: p is {}, expected one in [0, 1]", p);
    std::vector<std::size_t> order(pValues.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return pValues[a] < pValues[b]; });
    std::vector<double> adjusted(pValues.size());
    double largest = 0;
    for (std::size_t rank = 0; rank < order.size(); ++rank) {
        const double scaled = static_cast<double>(order.size() - rank) * pValues[order[rank]];
        largest = std::max(largest, std::min(1.0, scaled));
        adjusted[order[rank]] = largest;
    }
    return adjusted;
}

} // namespace levi
