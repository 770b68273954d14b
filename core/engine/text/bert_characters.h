// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/text/utf8.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

struct UNormalizer2;

namespace levi {

// What BERT does to a text before it looks for pieces (Devlin et al. 2018, BasicTokenizer).
struct BertRules {
    bool clean = true;      // drops control characters
    bool ideographs = true; // each CJK ideograph is a word of its own
    bool lower = true;
    bool strip = true; // accents: canonical decomposition, of which nonspacing marks are dropped
};

// The rules, character by character: ASCII from a table, all else through ICU.
class BertCharacters {
public:
    explicit BertCharacters(const BertRules& rules);

    enum class Kind : std::uint8_t { Letter, Space, Alone, Dropped }; // Alone: a word of its own

    Kind asciiKind(std::uint8_t byte) const { return m_kinds[byte]; }
    char asciiLower(std::uint8_t byte) const { return m_lower[byte]; }

    Kind kindOf(CodePoint point) const;     // of one that stands in a text, from 0x80
    Kind partKindOf(CodePoint point) const; // of one that normalising has made

    static constexpr int kMostParts = 32;
    int normalized(CodePoint point, CodePoint (&parts)[kMostParts]) const; // how many parts it becomes

    std::string normalized(std::string_view text) const; // in one piece

private:
    int decomposed(CodePoint point, CodePoint (&parts)[kMostParts]) const;
    int lowered(CodePoint point, CodePoint (&parts)[kMostParts], int count) const;

    BertRules m_rules;
    const UNormalizer2* m_decomposition;
    std::array<Kind, 128> m_kinds = {};
    std::array<char, 128> m_lower = {};
};

} // namespace levi
