// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/engine/text/piece_model.h"
#include "core/engine/text/utf8.h"

#include <algorithm>
#include <vector>

namespace levi {
namespace {

constexpr std::size_t kLargestMap = 4 << 20;                   // bytes; NFKC has a quarter of a million
constexpr std::size_t kLongestRule = 256, kLongestText = 1024; // bytes: of what is replaced, and by what
constexpr int kMostValues = 32; // that the library has room for while it looks up one place of a text

// A unit of the double array: a state, or a value of the state before it.
struct Unit {
    std::uint32_t bits;

    bool endsRule() const { return (bits >> 8 & 1) != 0; } // its value stands first among its children
    std::uint32_t offset() const { return bits >> 10 << ((bits & 1U << 9) >> 6); }
    std::uint32_t label() const { return bits & (1U << 31 | 0xFF); } // of a state the byte that leads to it
    std::uint32_t value() const { return bits & ~(1U << 31); }
};

std::uint32_t numberAt(std::string_view bytes, std::size_t at) { // little endian
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i)
        number |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(bytes[at + i])) << (8 * i);
    return number;
}

class CharacterMap {
public:
    explicit CharacterMap(std::string_view bytes) {
        if (bytes.size() > kLargestMap)
            throw Error("its map of characters has {} bytes, expected at most {}", bytes.size(), kLargestMap);
        const std::size_t size = bytes.size() < 4 ? bytes.size() : numberAt(bytes, 0);
        if (size == 0 || size % 4 != 0 || size + 4 >= bytes.size() || bytes.back() != '\0')
            throw Error("its map of characters is cut off");
        for (std::size_t at = 0; at < size; at += 4)
            m_units.push_back({numberAt(bytes, 4 + at)});
        m_texts = bytes.substr(4 + size);
        m_values.resize(m_units.size(), -1);
    }

    void check() { mostValues(0, 0); }

private:
    // That a text may meet from this state on. Looks at every state that a text can lead to.
    int mostValues(std::size_t state, std::size_t length) {
        if (length > kLongestRule) throw Error("its map of characters has a rule of more than {} bytes", kLongestRule);
        if (m_values[state] >= 0) return m_values[state];
        const Unit unit = m_units[state];
        const std::size_t children = state ^ unit.offset();
        if ((children | 0xFF) >= m_units.size()) throw Error("its map of characters points out of itself");
        int most = 0;
        for (std::uint32_t byte = 0; byte < 256; ++byte)
            if (m_units[children ^ byte].label() == byte)
                most = std::max(most, mostValues(children ^ byte, length + 1));
        if (unit.endsRule()) {
            checkText(m_units[children].value());
            ++most;
        }
        if (most > kMostValues) throw Error("its map of characters has more than {} rules for one text", kMostValues);
        return m_values[state] = most;
    }

    void checkText(std::size_t begin) const {
        const auto text = begin < m_texts.size() ? m_texts.substr(begin, m_texts.find('\0', begin) - begin) : m_texts;
        if (begin >= m_texts.size() || text.size() > kLongestText || !isUtf8(text))
            throw Error("its map of characters replaces one by no text of at most {} bytes of UTF-8", kLongestText);
    }

    std::vector<Unit> m_units;
    std::string_view m_texts;
    std::vector<int> m_values; // by state; -1: not known yet
};

} // namespace

void checkCharacterMap(std::string_view map) {
    CharacterMap(map).check();
}

} // namespace levi
