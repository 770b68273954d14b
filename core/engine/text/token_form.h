// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace levi {

struct SpecialToken {
    std::int32_t id = 0, type = 0;
};

// Where special tokens stand: before, first text, between, second text, after. Of one text alone the second part is
// left out.
struct TokenForm {
    std::vector<SpecialToken> before, between, after;
    std::int32_t firstType = 0, secondType = 0; // 0 where there is no such text

    std::size_t specials() const { return before.size() + between.size() + after.size(); }
    std::int32_t largestType() const;
};

struct TokenForms {
    TokenForm single, pair;
};

// How many tokens remain of two texts where only `room` fit: the longer one is cut first; where both have to shrink to
// an odd number, the longer one, else the second, keeps one more.
std::pair<std::size_t, std::size_t> longestFirst(std::size_t first, std::size_t second, std::size_t room);

} // namespace levi
