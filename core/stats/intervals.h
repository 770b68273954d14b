// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>

namespace levi {

struct Interval {
    double low = 0;
    double high = 0;
};

// A mean and how sure we are of it. The three spreads are different things: name the one you print.
struct Estimate {
    std::int64_t count = 0;
    double mean = 0;
    double level = 0.95;                // of the interval
    std::optional<double> sd;           // sample standard deviation, n - 1; two values or more
    std::optional<double> se;           // standard error of the mean, sd / sqrt(n)
    std::optional<double> sePopulation; // population standard deviation / sqrt(n): what DomainBed prints
    std::optional<Interval> interval;   // Student's t; two values or more

    std::optional<double> halfWidth() const;
};

// Absent where there is no value. Throws Error where a value is not finite or the level is not inside (0, 1).
std::optional<Estimate> meanWithTInterval(std::span<const double> values, double level = 0.95);

// Mean of the middle half: a quarter of the values, rounded down, is dropped at each end. Absent where there is no
// value.
std::optional<double> interquartileMean(std::span<const double> values);

// Wilson's score interval of a share. Throws Error unless 0 <= successes <= trials, trials > 0 and level in (0, 1).
Interval wilsonInterval(std::int64_t successes, std::int64_t trials, double level = 0.95);

struct BootstrapOptions {
    double level = 0.95;
    std::int64_t resamples = 10'000;
    std::uint64_t seed = 0;
};

// Bias-corrected and accelerated bootstrap interval of a statistic (Efron 1987): the same bounds for the same seed, on
// every platform. Absent with fewer than two values, or where all resamples agree. The statistic must be finite.
std::optional<Interval> bcaInterval(std::span<const double> values,
                                    const std::function<double(std::span<const double>)>& statistic,
                                    const BootstrapOptions& options = {});

} // namespace levi
