// SPDX-License-Identifier: Apache-2.0
#include "core/engine/text/split_tokenizer.h"

#include "core/base/error.h"

#include <algorithm>
#include <limits>

namespace levi {
namespace {

constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

void append(const std::vector<SpecialToken>& specials, std::vector<std::int32_t>& ids) {
    for (const SpecialToken& special : specials)
        ids.push_back(special.id);
}

// first: of the whole first part's length; the rest of `ids` belongs to the second one and what follows it.
void writeTypes(const TokenForm& form, std::size_t first, TokenizedText& result) {
    auto& types = result.types;
    const auto specials = [&types](const std::vector<SpecialToken>& tokens) {
        for (const SpecialToken& special : tokens)
            types.push_back(special.type);
    };
    const std::size_t second = result.ids.size() - form.specials() - first;
    specials(form.before);
    types.insert(types.end(), first, form.firstType);
    specials(form.between);
    types.insert(types.end(), second, form.secondType);
    specials(form.after);
}

void fillUp(std::size_t length, const TokenizerInfo& info, TokenizedText& result) {
    if (result.ids.size() >= length) return;
    result.ids.resize(length, info.pad);
    result.mask.resize(length, 0);
    if (info.hasTypes) result.types.resize(length, 0);
}

} // namespace

std::pair<std::size_t, std::size_t> longestFirst(std::size_t first, std::size_t second, std::size_t room) {
    if (first + second <= room) return {first, second};
    const std::size_t half = room / 2;
    if (first <= second) {
        const auto kept = std::min(first, half);
        return {kept, room - kept};
    }
    const auto kept = std::min(second, half);
    return {room - kept, kept};
}

std::int32_t TokenForm::largestType() const {
    std::int32_t largest = std::max(firstType, secondType);
    for (const auto* specials : {&before, &between, &after})
        for (const SpecialToken& special : *specials)
            largest = std::max(largest, special.type);
    return largest;
}

SplitTokenizer::SplitTokenizer(TokenizerInfo info, TokenForms forms, AddedTokens added)
    : m_info(std::move(info)), m_forms(std::move(forms)), m_added(std::move(added)) {
    m_info.specials = static_cast<std::int64_t>(m_forms.single.specials());
    m_info.pairSpecials = static_cast<std::int64_t>(m_forms.pair.specials());
    if (!m_info.hasTypes) return;
    m_info.largestType = m_forms.single.largestType();
    m_info.largestPairType = m_forms.pair.largestType();
}

std::size_t SplitTokenizer::roomOf(const TokenForm& form, const EncodeOptions& options) const {
    if (options.maxLength == 0 && options.pad) throw Error("padding needs a length to fill up to (max length)");
    if (options.maxLength == 0) return kNoLimit;
    const auto specials = static_cast<std::int64_t>(form.specials());
    if (options.maxLength < specials)
        throw Error("max length: found {}, expected at least {}, the special tokens of {}", options.maxLength, specials,
                    m_info.folder);
    return static_cast<std::size_t>(options.maxLength - specials);
}

void SplitTokenizer::appendText(std::string_view text, std::size_t limit, Ids& ids) const {
    for (std::size_t at = 0; at < text.size() && ids.size() < limit;) {
        const auto match = m_added.next(text, at);
        const std::size_t end = match ? match->begin : text.size();
        if (end > at) appendPiece(text.substr(at, end - at), limit, ids);
        if (!match) break;
        ids.push_back(match->id);
        at = match->end;
    }
}

void SplitTokenizer::appendPair(const Text& text, std::size_t room, TokenizedText& result) const {
    const TokenForm& form = m_forms.pair;
    auto& ids = result.ids;
    append(form.before, ids);
    const std::size_t begin = ids.size();
    appendText(text.first, kNoLimit, ids);
    const std::size_t first = ids.size() - begin;
    appendText(*text.second, kNoLimit, ids);
    const auto kept = longestFirst(first, ids.size() - begin - first, room);
    const auto at = [&ids](std::size_t index) { return ids.begin() + static_cast<std::ptrdiff_t>(index); };
    ids.resize(begin + first + kept.second);
    ids.erase(at(begin + kept.first), at(begin + first));
    ids.insert(at(begin + kept.first), form.between.size(), 0);
    std::ranges::transform(form.between, at(begin + kept.first), &SpecialToken::id);
    append(form.after, ids);
    if (m_info.hasTypes) writeTypes(form, kept.first, result);
}

void SplitTokenizer::encode(const Text& text, const EncodeOptions& options, TokenizedText& result) const {
    const TokenForm& form = text.second ? m_forms.pair : m_forms.single;
    const std::size_t room = roomOf(form, options);
    result.ids.clear();
    result.types.clear();
    if (text.second) {
        appendPair(text, room, result);
    } else {
        append(form.before, result.ids);
        const std::size_t limit = room == kNoLimit ? kNoLimit : form.before.size() + room;
        appendText(text.first, limit, result.ids);
        result.ids.resize(std::min(result.ids.size(), limit));
        append(form.after, result.ids);
        if (m_info.hasTypes) writeTypes(form, result.ids.size() - form.specials(), result);
    }
    result.mask.assign(result.ids.size(), 1);
    if (options.pad) fillUp(static_cast<std::size_t>(options.maxLength), m_info, result);
}

} // namespace levi
