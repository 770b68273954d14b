// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace levi {

inline constexpr std::uint32_t kStoreApplicationId = 0x4C455649; // "LEVI", in the header of the file

// One step of the schema: from `version` - 1 to `version`.
struct Migration {
    int version = 0;
    const char* sql = nullptr;
};

// In order, without gaps, from version 1. The last one is the version that this program reads and writes.
std::span<const Migration> storeMigrations();

} // namespace levi
