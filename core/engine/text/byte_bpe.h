// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/text/tokenizer_folder.h"

#include <memory>

namespace levi {

// Byte-level BPE as GPT-2 and RoBERTa have it: words keep the space before them, and their bytes are joined pair by
// pair, in the order in which training found the pairs.

// From a tokenizer.json whose model is one. Throws Error where it asks for something that is not read.
std::unique_ptr<const Tokenizer> byteBpeOf(const TokenizerFolder& folder, const JsonFields& tokenizer);

// RoBERTa's, from vocab.json and merges.txt.
std::unique_ptr<const Tokenizer> byteBpeOf(const TokenizerFolder& folder);

} // namespace levi
