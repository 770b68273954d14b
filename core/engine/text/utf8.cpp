// SPDX-License-Identifier: Apache-2.0
#include "core/engine/text/utf8.h"

#include <unicode/uchar.h>

namespace levi {

bool isUtf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = at;
        const bool isReplacement = nextCodePoint(text, at) == kReplacement;
        if (isReplacement && text.substr(begin, at - begin) != "\xEF\xBF\xBD") return false;
    }
    return true;
}

bool isSpace(CodePoint point) {
    return u_isUWhiteSpace(point);
}

bool isPunctuation(CodePoint point) {
    if (point < 0x80)
        return (point > 0x20 && point < '0') || (point > '9' && point < 'A') || (point > 'Z' && point < 'a') ||
               (point > 'z' && point < 0x7F);
    return (U_GET_GC_MASK(point) & U_GC_P_MASK) != 0;
}

bool isWordPart(CodePoint point) {
    return (U_GET_GC_MASK(point) & (U_GC_L_MASK | U_GC_N_MASK | U_GC_M_MASK | U_GC_PC_MASK)) != 0;
}

} // namespace levi
