// SPDX-License-Identifier: Apache-2.0
#include "core/stats/rank_tests.h"

#include "core/base/error.h"

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/math/tools/toms748_solve.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <numeric>

namespace levi {
namespace {

double normalDensity(double z) {
    return std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi);
}

double normalCdf(double z) {
    return std::erfc(-z / std::numbers::sqrt2) / 2;
}

void checkScores(const std::vector<std::vector<double>>& scores) {
    if (scores.empty() || scores[0].size() < 2)
        throw Error("Friedman test: {} data sets, expected one or more and two methods or more", scores.size());
    for (const auto& row : scores) {
        if (row.size() != scores[0].size())
            throw Error("Friedman test: a row has {} scores, the first has {}", row.size(), scores[0].size());
        for (const double score : row)
            if (!std::isfinite(score)) throw Error("Friedman test: a score is {}, expected finite ones", score);
    }
}

// Adds the ranks of one data set and returns its tie term, the sum of t^3 - t over groups of t tied scores.
double addRanks(const std::vector<double>& row, bool higherIsBetter, std::vector<double>& rankSums) {
    std::vector<std::size_t> order(row.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return higherIsBetter ? row[a] > row[b] : row[a] < row[b]; });
    double ties = 0;
    for (std::size_t begin = 0; begin < order.size();) {
        std::size_t end = begin;
        while (end < order.size() && row[order[end]] == row[order[begin]])
            ++end;
        const double rank = static_cast<double>(begin + 1 + end) / 2;
        for (std::size_t i = begin; i < end; ++i)
            rankSums[order[i]] += rank;
        const double tied = static_cast<double>(end - begin);
        ties += tied * tied * tied - tied;
        begin = end;
    }
    return ties;
}

} // namespace

Friedman friedmanTest(const std::vector<std::vector<double>>& scores, const FriedmanOptions& options) {
    checkScores(scores);
    const double n = static_cast<double>(scores.size());
    const double k = static_cast<double>(scores[0].size());
    std::vector<double> rankSums(scores[0].size());
    double ties = 0;
    for (const auto& row : scores)
        ties += addRanks(row, options.higherIsBetter, rankSums);

    Friedman result;
    double squares = 0;
    for (const double sum : rankSums) {
        result.meanRanks.push_back(sum / n);
        squares += sum * sum;
    }
    const double correction = 1 - ties / (n * k * (k * k - 1));
    if (correction > 0) {
        const double plain = 12 / (n * k * (k + 1)) * squares - 3 * n * (k + 1);
        result.chi2 = std::max(0.0, plain / correction);
        result.p = boost::math::cdf(boost::math::complement(boost::math::chi_squared(k - 1), *result.chi2));
    }
    const double q = studentisedRangeQuantile(1 - options.alpha, static_cast<int>(rankSums.size()));
    result.criticalDifference = q / std::numbers::sqrt2 * std::sqrt(k * (k + 1) / (6 * n));
    return result;
}

std::vector<double> performanceProfile(std::span<const double> scores, std::span<const double> thresholds,
                                       bool higherIsBetter) {
    if (scores.empty()) throw Error("performance profile: found no score, expected one or more");
    for (const double score : scores)
        if (!std::isfinite(score)) throw Error("performance profile: a score is {}, expected finite ones", score);
    std::vector<double> shares;
    for (const double threshold : thresholds) {
        const auto reached = std::ranges::count_if(
            scores, [&](double score) { return higherIsBetter ? score >= threshold : score <= threshold; });
        shares.push_back(static_cast<double>(reached) / static_cast<double>(scores.size()));
    }
    return shares;
}

double studentisedRangeCdf(double q, int groups) {
    if (groups < 2) throw Error("studentised range: {} groups, expected two or more", groups);
    if (!(q > 0)) return 0;
    // The largest of the groups lies at z; the others lie within q below it.
    const auto integrand = [&](double z) {
        return normalDensity(z) * std::pow(std::max(0.0, normalCdf(z) - normalCdf(z - q)), groups - 1);
    };
    using Quadrature = boost::math::quadrature::gauss_kronrod<double, 61>;
    return std::min(1.0, groups * Quadrature::integrate(integrand, -9.0, 9.0 + std::min(q, 30.0), 10, 1e-12));
}

double studentisedRangeQuantile(double probability, int groups) {
    if (!(probability > 0 && probability < 1))
        throw Error("studentised range: probability {}, expected one inside (0, 1)", probability);
    double high = 4;
    while (studentisedRangeCdf(high, groups) < probability && high < 64)
        high *= 2;
    std::uintmax_t steps = 200;
    const auto bracket =
        boost::math::tools::toms748_solve([&](double q) { return studentisedRangeCdf(q, groups) - probability; }, 0.0,
                                          high, boost::math::tools::eps_tolerance<double>(45), steps);
    return (bracket.first + bracket.second) / 2;
}

std::optional<double> probabilityOfSuperiority(std::span<const double> a, std::span<const double> b) {
    for (const auto side : {a, b})
        for (const double value : side)
            if (!std::isfinite(value)) throw Error("superiority: a value is {}, expected finite ones", value);
    if (a.empty() || b.empty()) return std::nullopt;
    double won = 0;
    for (const double x : a)
        for (const double y : b)
            won += x > y ? 1 : x == y ? 0.5 : 0;
    return won / (static_cast<double>(a.size()) * static_cast<double>(b.size()));
}

} // namespace levi
