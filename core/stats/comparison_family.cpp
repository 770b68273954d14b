// SPDX-License-Identifier: Apache-2.0
#include "core/stats/comparison_family.h"

#include "core/base/error.h"

#include <boost/math/distributions/normal.hpp>

#include <algorithm>
#include <cmath>

namespace levi {
namespace {

constexpr double kPower = 0.8;
constexpr std::int64_t kManySeeds = 1000;

double normalQuantile(double probability) {
    return boost::math::quantile(boost::math::normal(), probability);
}

std::optional<double> pairedSuperiority(std::span<const double> differences) {
    if (differences.empty()) return std::nullopt;
    double won = 0;
    for (const double difference : differences)
        won += difference > 0 ? 1 : difference == 0 ? 0.5 : 0;
    return won / static_cast<double>(differences.size());
}

bool isWithinMargin(std::span<const double> differences, const FamilyOptions& options, double alpha) {
    if (!options.margin || differences.size() < 2) return false;
    const auto interval = meanWithTInterval(differences, 1 - 2 * alpha)->interval;
    return interval->low > -*options.margin && interval->high < *options.margin;
}

// What a sample of the same spread would have to be for the nearer decision.
std::int64_t moreSeedsFor(const Estimate& difference, const FamilyOptions& options, std::int64_t size) {
    const double alpha = options.alpha / static_cast<double>(size);
    const double mean = std::abs(difference.mean);
    const double delta = std::max(mean, options.margin.value_or(0) - mean);
    const std::int64_t floor = fewestSeeds(options.alpha, size) - difference.count;
    double wanted = 0;
    if (difference.sd && delta > 0)
        wanted = std::pow((normalQuantile(1 - alpha / 2) + normalQuantile(kPower)) * *difference.sd / delta, 2);
    const double more = std::ceil(wanted) - static_cast<double>(difference.count);
    return std::max({std::int64_t{1}, floor, static_cast<std::int64_t>(std::min(more, 1e9))});
}

void judge(FamilyComparison& one, std::span<const double> differences, const FamilyOptions& options,
           std::int64_t size) {
    if (isWithinMargin(differences, options, options.alpha / static_cast<double>(size)))
        one.verdict = Verdict::PracticallyEqual;
    else if (one.difference && one.adjustedP <= options.alpha)
        one.verdict = one.difference->mean > 0 ? Verdict::Better : Verdict::Worse;
    const bool canTell = one.difference && (one.difference->mean != 0 || options.margin || !one.difference->sd);
    if (one.verdict == Verdict::Undecided && canTell) one.moreSeeds = moreSeedsFor(*one.difference, options, size);
}

std::string moreSeedsText(const FamilyComparison& comparison, const char* separator) {
    if (!comparison.moreSeeds) return {};
    if (*comparison.moreSeeds > kManySeeds) return fmt::format("{}needs over {} more seeds", separator, kManySeeds);
    return fmt::format("{}needs about {} more {}", separator, *comparison.moreSeeds,
                       *comparison.moreSeeds == 1 ? "seed" : "seeds");
}

// "p = 0.031", "p < 0.001"
std::string pWords(double p) {
    const std::string text = pText(p);
    return text.starts_with('<') ? "p " + text : "p = " + text;
}

const char* wordsOf(Verdict verdict) {
    switch (verdict) {
    case Verdict::Better:
        return "better";
    case Verdict::Worse:
        return "worse";
    case Verdict::PracticallyEqual:
        return "practically equal within the margin";
    case Verdict::Undecided:
        break;
    }
    return "undecided";
}

} // namespace

std::vector<FamilyComparison> compareFamily(std::span<const std::vector<double>> differences,
                                            const FamilyOptions& options) {
    if (options.margin && !(*options.margin >= 0))
        throw Error("margin {}, expected a difference of zero or more", *options.margin);
    const auto size = static_cast<std::int64_t>(differences.size());
    std::vector<FamilyComparison> family;
    std::vector<double> pValues;
    for (const auto& one : differences) {
        family.push_back({.difference = meanWithTInterval(one, 1 - options.alpha),
                          .test = signFlipTest(one),
                          .superiority = pairedSuperiority(one)});
        pValues.push_back(family.back().test.p);
    }
    const auto adjusted = holmAdjusted(pValues);
    for (std::size_t i = 0; i < family.size(); ++i) {
        family[i].adjustedP = adjusted[i];
        family[i].smallestAdjustedP = std::min(1.0, family[i].test.smallestPossibleP * static_cast<double>(size));
        judge(family[i], differences[i], options, size);
    }
    return family;
}

FamilyComparison compareAlone(std::span<const double> differences, const FamilyOptions& options) {
    const std::vector<std::vector<double>> family = {{differences.begin(), differences.end()}};
    return compareFamily(family, options).front();
}

std::string verdictText(const FamilyComparison& comparison, const FamilyOptions& options) {
    if (!comparison.difference) return "no shared seed";
    const std::int64_t n = comparison.difference->count;
    if (comparison.verdict == Verdict::Undecided && comparison.smallestAdjustedP > options.alpha)
        return fmt::format("undecided: with {} shared {} no p below {} is possible", n, n == 1 ? "seed" : "seeds",
                           pText(comparison.smallestAdjustedP)) +
               moreSeedsText(comparison, "; ");
    return fmt::format("{} ({}, n = {}{})", wordsOf(comparison.verdict), pWords(comparison.adjustedP), n,
                       comparison.test.exact ? "" : ", Monte Carlo") +
           moreSeedsText(comparison, ": ");
}

std::string verdictText(const FamilyComparison& comparison, const std::string& candidate, const std::string& baseline,
                        const FamilyOptions& options) {
    const std::string words = verdictText(comparison, options);
    if (comparison.verdict == Verdict::Better) return candidate + " is " + words;
    if (comparison.verdict == Verdict::Worse) return baseline + " is better" + words.substr(words.find(" ("));
    return words;
}

std::string exploratoryText(const FamilyComparison& comparison) {
    if (!comparison.difference) return "no shared seed";
    return fmt::format("exploratory ({} by itself, n = {})", pWords(comparison.test.p), comparison.difference->count);
}

int fewestSeeds(double alpha, std::int64_t comparisons) {
    if (comparisons < 1) throw Error("fewest seeds: {} comparisons, expected one or more", comparisons);
    return fewestSeeds(alpha / static_cast<double>(comparisons));
}

} // namespace levi
