// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bitset>
#include <cstddef>
#include <string_view>
#include <vector>

namespace levi {

// A regular expression that a whole name has to match, such as ".*layer\.(1[01]|9)\..*(query|value)". The time of a
// match is bounded by the pattern's size times the name's, whatever the pattern: it may come from a file of others.
// Known are literals, ., [a-z0-9] and [^…], \. and other escaped signs, \d \w \s \D \W \S, groups ( ) and (?: ), |, and
// * + ? {2} {2,} {2,5}, lazy forms included; ^ and $ only at the ends.
class NamePattern {
public:
    explicit NamePattern(std::string_view pattern); // throws Error: what is not known, or too large

    bool matches(std::string_view name) const;

    using Signs = std::bitset<256>;
    struct Step {
        enum class Kind { Sign, Fork, Match } kind = Kind::Match;
        Signs signs;                     // of Sign: then `next`
        std::size_t next = 0, other = 0; // of Fork: both
    };

private:
    void follow(std::size_t step, std::vector<bool>& live) const; // marks what is reached without reading a sign

    std::vector<Step> m_steps;
};

} // namespace levi
