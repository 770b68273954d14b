// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace levi {

// At most so many bytes of a UTF-8 text, cut between characters.
constexpr std::string_view beginningOf(std::string_view text, std::size_t bytes) {
    if (text.size() <= bytes) return text;
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80)
        --bytes;
    return text.substr(0, bytes);
}

} // namespace levi
