// SPDX-License-Identifier: Apache-2.0
#include "core/engine/text/added_tokens.h"

#include "core/engine/text/utf8.h"

#include <algorithm>

namespace levi {
namespace {

std::uint8_t firstByte(const AddedToken& token) {
    return static_cast<std::uint8_t>(token.content[0]);
}

// Where the code point before `end` begins.
std::size_t before(std::string_view text, std::size_t end) {
    std::size_t at = end - 1;
    while (at > 0 && end - at < U8_MAX_LENGTH && U8_IS_TRAIL(text[at]))
        --at;
    return at;
}

bool isWordAt(std::string_view text, std::size_t at) {
    return at < text.size() && isWordPart(nextCodePoint(text, at));
}

std::size_t withoutSpaceBefore(std::string_view text, std::size_t begin, std::size_t least) {
    while (begin > least) {
        std::size_t at = before(text, begin);
        const std::size_t previous = at;
        if (!isSpace(nextCodePoint(text, at))) break;
        begin = previous;
    }
    return std::max(begin, least);
}

std::size_t withoutSpaceBehind(std::string_view text, std::size_t end) {
    for (std::size_t at = end; at < text.size(); end = at)
        if (!isSpace(nextCodePoint(text, at))) break;
    return end;
}

bool standsAlone(std::string_view text, std::size_t begin, std::size_t end) {
    return !isWordAt(text, end) && (begin == 0 || !isWordAt(text, before(text, begin)));
}

} // namespace

AddedTokens::AddedTokens(std::vector<AddedToken> tokens) : m_tokens(std::move(tokens)) {
    std::erase_if(m_tokens, [](const AddedToken& token) { return token.content.empty(); });
    std::ranges::sort(m_tokens, [](const AddedToken& a, const AddedToken& b) {
        return firstByte(a) != firstByte(b) ? firstByte(a) < firstByte(b) : a.content.size() > b.content.size();
    });
    for (const AddedToken& token : m_tokens)
        m_starts[firstByte(token)] = true;
}

const AddedToken* AddedTokens::at(std::string_view text, std::size_t begin) const {
    const auto byte = static_cast<std::uint8_t>(text[begin]);
    auto token = std::ranges::lower_bound(m_tokens, byte, {}, firstByte);
    for (; token != m_tokens.end() && firstByte(*token) == byte; ++token)
        if (text.substr(begin).starts_with(token->content)) return &*token;
    return nullptr;
}

std::optional<AddedTokens::Match> AddedTokens::next(std::string_view text, std::size_t from) const {
    if (m_tokens.empty()) return std::nullopt;
    for (std::size_t begin = from; begin < text.size(); ++begin) {
        if (!m_starts[static_cast<std::uint8_t>(text[begin])]) continue;
        const AddedToken* token = at(text, begin);
        if (!token) continue;
        const std::size_t end = begin + token->content.size();
        if (token->wholeWord && !standsAlone(text, begin, end)) {
            begin = end - 1;
            continue;
        }
        return Match{token->leftStrip ? withoutSpaceBefore(text, begin, from) : begin,
                     token->rightStrip ? withoutSpaceBehind(text, end) : end, token->id};
    }
    return std::nullopt;
}

} // namespace levi
