// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace levi {

// Whether `text` names the cell: by the first hex digits of its key, four or more.
inline bool isCellPrefix(std::string_view text, std::string_view cell) {
    constexpr std::size_t kShortest = 4;
    return text.size() >= kShortest && cell.starts_with(text);
}

} // namespace levi
