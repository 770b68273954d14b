// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace levi {

// Every draw in the program comes from a stream named by (seed, purpose, step); none from a default generator. So two
// runs at once equal each alone, and a draw does not depend on how many draws came before it elsewhere.
std::uint64_t streamSeed(std::uint64_t seed, std::string_view purpose, std::uint64_t step = 0);

// A small portable generator (SplitMix64, Steele et al. 2014): the same numbers on every platform and standard library.
class Random {
public:
    explicit Random(std::uint64_t streamSeed) : m_state(streamSeed) {}

    std::uint64_t next();
    double uniform(); // [0, 1), 53 bits
    double uniform(double low, double high) { return low + (high - low) * uniform(); }
    std::uint64_t below(std::uint64_t bound); // [0, bound), unbiased; bound > 0
    double normal();                          // mean 0, variance 1 (Box-Muller)
    double beta(double a, double b);          // in [0, 1]; a, b > 0, however small

    template<typename T>
    void shuffle(std::vector<T>& values) { // Fisher-Yates, from the back
        for (std::size_t i = values.size(); i > 1; --i)
            std::swap(values[i - 1], values[below(i)]);
    }

private:
    double logGamma(double shape); // logarithm of a draw from Gamma(shape, 1)

    std::uint64_t m_state;
};

} // namespace levi
