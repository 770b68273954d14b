// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unicode/utf8.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace levi {

using CodePoint = std::int32_t;

constexpr CodePoint kReplacement = 0xFFFD;

// The code point at `at`, which moves behind it; for broken bytes U+FFFD.
inline CodePoint nextCodePoint(std::string_view text, std::size_t& at) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data() + at);
    const auto length = static_cast<std::int32_t>(std::min<std::size_t>(text.size() - at, U8_MAX_LENGTH));
    std::int32_t read = 0;
    CodePoint point = 0;
    U8_NEXT_OR_FFFD(bytes, read, length, point);
    at += static_cast<std::size_t>(read);
    return point;
}

inline std::size_t writeCodePoint(char* bytes, CodePoint point) { // up to U8_MAX_LENGTH; how many
    std::int32_t length = 0;
    U8_APPEND_UNSAFE(bytes, length, point);
    return static_cast<std::size_t>(length);
}

inline void appendCodePoint(std::string& text, CodePoint point) {
    char bytes[U8_MAX_LENGTH];
    text.append(bytes, writeCodePoint(bytes, point));
}

bool isUtf8(std::string_view text);

// Without the byte order mark that some editors write before a text.
constexpr std::string_view withoutMark(std::string_view text) {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    if (text.starts_with(mark)) text.remove_prefix(mark.size());
    return text;
}

bool isSpace(CodePoint point);       // White_Space
bool isPunctuation(CodePoint point); // categories P*, and all ASCII symbols
bool isWordPart(CodePoint point);    // letters, digits, marks, '_'

} // namespace levi
