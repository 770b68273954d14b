// SPDX-License-Identifier: Apache-2.0
#include "core/engine/text/bert_characters.h"

#include "core/base/error.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utf16.h>

namespace levi {
namespace {

struct Range {
    CodePoint first, last;
};
constexpr std::array<Range, 8> kIdeographs = {{{0x4E00, 0x9FFF},
                                               {0x3400, 0x4DBF},
                                               {0x20000, 0x2A6DF},
                                               {0x2A700, 0x2B73F},
                                               {0x2B740, 0x2B81F},
                                               {0x2B820, 0x2CEAF},
                                               {0xF900, 0xFAFF},
                                               {0x2F800, 0x2FA1F}}};

bool isIdeograph(CodePoint point) {
    if (point < kIdeographs[1].first) return false;
    for (const auto& [first, last] : kIdeographs)
        if (point >= first && point <= last) return true;
    return false;
}

// Control, format and private-use characters; what is not assigned stays, as in the tokenizers library.
bool isControl(CodePoint point) {
    if (point == '\t' || point == '\n' || point == '\r') return false;
    return (U_GET_GC_MASK(point) & (U_GC_CC_MASK | U_GC_CF_MASK | U_GC_CO_MASK | U_GC_CS_MASK)) != 0;
}

const UNormalizer2* canonicalDecomposition() {
    UErrorCode code = U_ZERO_ERROR;
    const auto* instance = unorm2_getNFDInstance(&code);
    if (U_FAILURE(code)) throw Error("ICU cannot decompose characters: {}", u_errorName(code));
    return instance;
}

} // namespace

BertCharacters::BertCharacters(const BertRules& rules) : m_rules(rules), m_decomposition(canonicalDecomposition()) {
    for (CodePoint point = 0; point < 128; ++point) {
        const auto index = static_cast<std::size_t>(point);
        m_kinds[index] = kindOf(point);
        m_lower[index] = static_cast<char>(m_rules.lower ? u_tolower(point) : point);
    }
}

BertCharacters::Kind BertCharacters::kindOf(CodePoint point) const {
    if (m_rules.clean && (point == 0 || point == kReplacement || isControl(point))) return Kind::Dropped;
    if (m_rules.ideographs && isIdeograph(point)) return Kind::Alone;
    return partKindOf(point);
}

BertCharacters::Kind BertCharacters::partKindOf(CodePoint point) const {
    if (isSpace(point)) return Kind::Space;
    return isPunctuation(point) ? Kind::Alone : Kind::Letter;
}

int BertCharacters::decomposed(CodePoint point, CodePoint (&parts)[kMostParts]) const {
    UErrorCode code = U_ZERO_ERROR;
    UChar units[kMostParts];
    const std::int32_t length = unorm2_getDecomposition(m_decomposition, point, units, kMostParts, &code);
    if (U_FAILURE(code) || length < 0) { // it is its own
        parts[0] = point;
        return u_charType(point) == U_NON_SPACING_MARK ? 0 : 1;
    }
    int count = 0;
    for (std::int32_t at = 0; at < length;) {
        CodePoint part = 0;
        U16_NEXT(units, at, length, part);
        if (u_charType(part) != U_NON_SPACING_MARK) parts[count++] = part;
    }
    return count;
}

int BertCharacters::lowered(CodePoint point, CodePoint (&parts)[kMostParts], int count) const {
    parts[count++] = m_rules.lower ? u_tolower(point) : point;
    if (m_rules.lower && point == 0x130) { // the one that becomes two: i and a dot above
        parts[count - 1] = 'i';
        parts[count++] = 0x307;
    }
    return count;
}

int BertCharacters::normalized(CodePoint point, CodePoint (&parts)[kMostParts]) const {
    CodePoint whole[kMostParts] = {point};
    const int length = m_rules.strip ? decomposed(point, whole) : 1;
    int count = 0;
    for (int i = 0; i < length && count + 1 < kMostParts; ++i)
        count = lowered(whole[i], parts, count);
    return count;
}

std::string BertCharacters::normalized(std::string_view text) const {
    std::string result;
    CodePoint parts[kMostParts];
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint point = nextCodePoint(text, at);
        const Kind kind = kindOf(point);
        if (kind == Kind::Dropped) continue;
        if (kind == Kind::Space && m_rules.clean) {
            result += ' ';
            continue;
        }
        const bool apart = m_rules.ideographs && isIdeograph(point);
        if (apart) result += ' ';
        const int count = normalized(point, parts);
        for (int i = 0; i < count; ++i)
            appendCodePoint(result, parts[i]);
        if (apart) result += ' ';
    }
    return result;
}

} // namespace levi
