// SPDX-License-Identifier: Apache-2.0
#include "core/engine/text/bpe_merges.h"

#include "core/base/error.h"
#include "core/engine/text/utf8.h"

#include <algorithm>

namespace levi {
namespace {

constexpr std::size_t kMostMerges = 2'000'000;

// The character that stands for a byte in the files: printable ones of Latin-1 for themselves, the others, in their
// order, from U+0100 on. (Radford et al. 2019, bytes_to_unicode.)
std::array<CodePoint, 256> byteCharacters() {
    std::array<CodePoint, 256> characters = {};
    CodePoint next = 0x100;
    for (CodePoint byte = 0; byte < 256; ++byte) {
        const bool printable =
            (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || (byte >= 0xAE && byte <= 0xFF);
        characters[static_cast<std::size_t>(byte)] = printable ? byte : next++;
    }
    return characters;
}

std::uint64_t keyOf(std::int32_t left, std::int32_t right) {
    return static_cast<std::uint64_t>(left) << 32 | static_cast<std::uint32_t>(right);
}

// For a heap with the lowest rank on top; of equal ranks the first place.
bool isLater(const BpeMerges::Candidate& a, const BpeMerges::Candidate& b) {
    return a.rank != b.rank ? a.rank > b.rank : a.place > b.place;
}

} // namespace

BpeMerges::BpeMerges(const Vocabulary& vocabulary) {
    const auto characters = byteCharacters();
    for (std::size_t byte = 0; byte < 256; ++byte) {
        std::string token;
        appendCodePoint(token, characters[byte]);
        m_bytes[byte] = vocabulary.require(token, fmt::format("token of the byte 0x{:02X}", byte));
    }
}

void BpeMerges::add(const std::string& left, const std::string& right, const Vocabulary& vocabulary) {
    if (m_merges.size() >= kMostMerges) throw Error("{}: more than {} merges", vocabulary.file(), kMostMerges);
    const auto a = vocabulary.require(left, "left part of a merge"),
               b = vocabulary.require(right, "right part of a merge"),
               result = vocabulary.require(left + right, "result of a merge");
    const Merge merge = {static_cast<std::int32_t>(m_merges.size()), result};
    if (!m_merges.emplace(keyOf(a, b), merge).second)
        throw Error("{}: the merge of '{}' and '{}' stands twice", vocabulary.file(), left, right);
}

const BpeMerges::Merge* BpeMerges::find(std::int32_t left, std::int32_t right) const {
    const auto found = m_merges.find(keyOf(left, right));
    return found == m_merges.end() ? nullptr : &found->second;
}

void BpeMerges::propose(std::int32_t place, Scratch& scratch) const {
    const auto& symbols = scratch.symbols;
    if (place < 0 || symbols[static_cast<std::size_t>(place)].next < 0) return;
    const Symbol& left = symbols[static_cast<std::size_t>(place)];
    const std::int32_t right = symbols[static_cast<std::size_t>(left.next)].id;
    const Merge* merge = find(left.id, right);
    if (!merge) return;
    scratch.heap.push_back({merge->rank, place, left.id, right});
    std::ranges::push_heap(scratch.heap, isLater);
}

void BpeMerges::join(const Candidate& pair, Scratch& scratch) const {
    auto& symbols = scratch.symbols;
    Symbol& left = symbols[static_cast<std::size_t>(pair.place)];
    if (left.id != pair.left || left.next < 0) return; // has been joined otherwise since
    Symbol& right = symbols[static_cast<std::size_t>(left.next)];
    if (right.id != pair.right) return;
    left.id = find(pair.left, pair.right)->id;
    right.id = -1;
    left.next = right.next;
    if (left.next >= 0) symbols[static_cast<std::size_t>(left.next)].previous = pair.place;
    propose(left.previous, scratch);
    propose(pair.place, scratch);
}

void BpeMerges::append(std::string_view word, Scratch& scratch, std::vector<std::int32_t>& ids) const {
    auto& [symbols, heap] = scratch;
    symbols.clear();
    heap.clear();
    const auto length = static_cast<std::int32_t>(word.size());
    for (std::int32_t i = 0; i < length; ++i)
        symbols.push_back({m_bytes[static_cast<std::uint8_t>(word[static_cast<std::size_t>(i)])], i - 1,
                           i + 1 < length ? i + 1 : -1});
    for (std::int32_t i = 0; i + 1 < length; ++i)
        propose(i, scratch);
    while (!heap.empty()) {
        std::ranges::pop_heap(heap, isLater);
        const Candidate best = heap.back();
        heap.pop_back();
        join(best, scratch);
    }
    for (std::int32_t i = symbols.empty() ? -1 : 0; i >= 0; i = symbols[static_cast<std::size_t>(i)].next)
        ids.push_back(symbols[static_cast<std::size_t>(i)].id);
}

} // namespace levi
