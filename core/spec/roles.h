// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace levi {

// Roles of rows: train, id_val, id_test, ood_val, and one ood_test/NAME for each set that is tested out of
// distribution.
inline constexpr std::string_view kOodTestPrefix = "ood_test/";

inline bool isOodTest(std::string_view role) { // with a name
    return role.starts_with(kOodTestPrefix) && role.size() > kOodTestPrefix.size();
}

inline std::string oodTestRole(std::string_view name) {
    return std::string(kOodTestPrefix) + std::string(name);
}

} // namespace levi
