// SPDX-License-Identifier: Apache-2.0
#include "core/base/random.h"

#include <cmath>
#include <numbers>

#include <xxhash.h>

namespace levi {

std::uint64_t streamSeed(std::uint64_t seed, std::string_view purpose, std::uint64_t step) {
    std::uint64_t mixed = XXH3_64bits_withSeed(purpose.data(), purpose.size(), seed);
    mixed ^= XXH3_64bits_withSeed(&step, sizeof step, mixed);
    return mixed;
}

std::uint64_t Random::next() {
    std::uint64_t z = (m_state += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

double Random::uniform() {
    return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

std::uint64_t Random::below(std::uint64_t bound) {
    const std::uint64_t limit = bound * ((~std::uint64_t{0}) / bound); // draws at or above would be biased
    for (;;) {
        const std::uint64_t draw = next();
        if (draw < limit) return draw % bound;
    }
}

double Random::normal() {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

// Marsaglia and Tsang 2000 for shapes of at least 1; below, Gamma(shape) = Gamma(shape + 1) U^(1 / shape). In
// logarithms, since draws of small shapes are too small for a double.
double Random::logGamma(double shape) {
    if (shape < 1) return logGamma(shape + 1) + std::log(1.0 - uniform()) / shape;
    const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
    for (;;) {
        const double x = normal(), v = std::pow(1 + c * x, 3);
        if (v > 0 && std::log(1.0 - uniform()) < 0.5 * x * x + d - d * v + d * std::log(v)) return std::log(d * v);
    }
}

double Random::beta(double a, double b) {
    const double first = logGamma(a), second = logGamma(b);
    return 1 / (1 + std::exp(second - first));
}

} // namespace levi
