// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/text/vocabulary.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace levi {

// Joins a word's bytes into tokens.
class BpeMerges {
public:
    // Throws Error where the vocabulary lacks a byte: then some texts would have no tokens.
    explicit BpeMerges(const Vocabulary& vocabulary);

    // In order of rank. Throws Error on a part or a result that the vocabulary lacks, and on a pair given twice.
    void add(const std::string& left, const std::string& right, const Vocabulary& vocabulary);

    struct Symbol {
        std::int32_t id, previous, next; // places in the word, -1: none
    };
    struct Candidate {
        std::int32_t rank, place, left, right;
    };
    // What a call works in; kept from word to word.
    struct Scratch {
        std::vector<Symbol> symbols;
        std::vector<Candidate> heap;
    };
    void append(std::string_view word, Scratch& scratch, std::vector<std::int32_t>& ids) const;

private:
    struct Merge {
        std::int32_t rank, id;
    };
    const Merge* find(std::int32_t left, std::int32_t right) const;
    void propose(std::int32_t place, Scratch& scratch) const; // the pair that begins there
    void join(const Candidate& pair, Scratch& scratch) const;

    std::array<std::int32_t, 256> m_bytes = {};
    std::unordered_map<std::uint64_t, Merge> m_merges; // by both ids
};

} // namespace levi
