// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

namespace levi::test {

// A store of many settings with ten seeds each, of every method in turn, on two OOD domains. The same numbers at each
// call.
inline constexpr int kSeedsOfBigStore = 10;
void fillBigStore(const std::filesystem::path& file, int settings);

} // namespace levi::test
