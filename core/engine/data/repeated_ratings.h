// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/movielens_files.h"

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace levi {

// Ratings of one movie by one user that stand in the data more than once. Memory: 8 bytes a rating while it is made,
// afterwards those that are repeated.
class RepeatedRatings {
public:
    explicit RepeatedRatings(const std::vector<Rating>& ratings);

    bool hasCopies() const { return m_hasCopies; }

    // Which of its user's ratings of its movie it is, by time and stars, from 1: whatever the order of the file.
    std::uint32_t number(std::size_t rating) const;
    // The first of those that equal it in user, movie, stars and time: a copy of none is its own.
    std::uint32_t original(std::size_t rating) const;

private:
    struct Place {
        std::uint32_t number = 1, original = 0;
    };
    std::unordered_map<std::uint32_t, Place> m_places; // of those whose user and movie stand more than once
    bool m_hasCopies = false;
};

} // namespace levi
