// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace levi {

// Text -> token ids, as the reference libraries make them. Needs no Torch: core/engine/text implements it, and programs
// link that room, so that tokens are there at once.

struct TokenizerInfo {
    std::string folder;
    std::string kind;            // "WordPiece", "byte-level BPE", "unigram"
    std::int32_t vocabulary = 0; // largest id + 1: a backbone needs as many rows
    std::int32_t pad = 0;        // id
    std::int64_t longest = 0;    // tokens, as the folder says it; 0: it does not
    std::int64_t specials = 0;   // tokens added to one text
    std::int64_t pairSpecials = 0;
    std::int32_t largestType = 0; // of the tokens of one text
    std::int32_t largestPairType = 0;
    bool hasTypes = false;   // tells the first text of a pair from the second
    std::string fingerprint; // of the files that were read
};

// UTF-8; broken bytes count as U+FFFD.
struct Text {
    std::string_view first;
    std::optional<std::string_view> second; // of a pair
};

struct EncodeOptions {
    std::int64_t maxLength =
        0; // tokens, special ones included; what is longer loses its end, of a pair the longer text first; 0: no limit
    bool pad = false; // fill up to maxLength
};

// Kept by the caller from text to text, so that its memory is used again.
struct TokenizedText {
    std::vector<std::int32_t> ids;
    std::vector<std::int32_t> mask;  // 1 for tokens, 0 for padding
    std::vector<std::int32_t> types; // 0, of the second text 1; empty where the tokenizer has none
};

// Immutable: may be used from several threads at once.
class Tokenizer {
public:
    virtual ~Tokenizer() = default;
    virtual const TokenizerInfo& info() const = 0;
    // With special tokens. Padding and truncation that a tokenizer.json states are left to `options`. Throws Error
    // where the options leave no room.
    virtual void encode(const Text& text, const EncodeOptions& options, TokenizedText& result) const = 0;
};

// From a folder with tokenizer.json or vocab.txt (BERT), vocab.json and merges.txt (RoBERTa), or spiece.model (T5).
// Throws Error: what is missing, broken or of a kind that is not read.
std::unique_ptr<const Tokenizer> openTokenizer(const std::filesystem::path& folder);

} // namespace levi
