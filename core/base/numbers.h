// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace levi {

// For people. 1234567 -> "1.23 M"; "2.45 GFLOP"; 1536 -> "1.5 KiB"; 75.2 -> "1:15"; 3700 -> "1:01:40".
std::string countText(double value);
std::string flopText(double flops);
std::string bytesText(std::uint64_t sizeBytes);
std::string durationText(double seconds);

// The shortest text that reads back as the same double ("nan", "inf" spelled so).
std::string fullPrecision(double value);

// Seeds as people write them: "3" -> {3}; "0,2" -> {0,2}; "0..5" -> {0,1,2,3,4,5}; mixes allowed, duplicates dropped,
// order kept. Throws Error on anything else, on a descending range, and on more than 10,000 seeds.
std::vector<std::uint64_t> parseSeeds(std::string_view text);
std::string seedsText(const std::vector<std::uint64_t>& seeds); // the shortest of those forms

} // namespace levi
