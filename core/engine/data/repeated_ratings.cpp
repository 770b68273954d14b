// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/repeated_ratings.h"

#include <algorithm>
#include <tuple>

namespace levi {
namespace {

std::uint64_t keyOf(const Rating& rating) {
    return std::uint64_t{rating.user} << 32 | rating.movie;
}

using Groups = std::unordered_map<std::uint64_t, std::vector<std::uint32_t>>;

Groups repeatedOnes(const std::vector<Rating>& ratings) {
    std::vector<std::uint64_t> keys;
    keys.reserve(ratings.size());
    for (const Rating& rating : ratings)
        keys.push_back(keyOf(rating));
    std::ranges::sort(keys);
    Groups groups;
    for (std::size_t i = 1; i < keys.size(); ++i)
        if (keys[i] == keys[i - 1]) groups.try_emplace(keys[i]);
    for (std::size_t i = 0; i < ratings.size() && !groups.empty(); ++i)
        if (const auto found = groups.find(keyOf(ratings[i])); found != groups.end())
            found->second.push_back(static_cast<std::uint32_t>(i));
    return groups;
}

} // namespace

RepeatedRatings::RepeatedRatings(const std::vector<Rating>& ratings) {
    const auto answer = [&ratings](std::uint32_t i) { return std::tuple(ratings[i].time, ratings[i].stars); };
    for (auto& [key, group] : repeatedOnes(ratings)) {
        std::ranges::stable_sort(group, {}, answer);
        std::uint32_t number = 0, original = group.front();
        for (const std::uint32_t rating : group) {
            if (answer(rating) != answer(original)) original = rating;
            m_places[rating] = {.number = ++number, .original = original};
            m_hasCopies = m_hasCopies || rating != original;
        }
    }
}

std::uint32_t RepeatedRatings::number(std::size_t rating) const {
    const auto found = m_places.find(static_cast<std::uint32_t>(rating));
    return found == m_places.end() ? 1 : found->second.number;
}

std::uint32_t RepeatedRatings::original(std::size_t rating) const {
    const auto own = static_cast<std::uint32_t>(rating);
    const auto found = m_places.find(own);
    return found == m_places.end() ? own : found->second.original;
}

} // namespace levi
