// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/text/tokenizer_folder.h"

#include <memory>

namespace levi {

// BERT's WordPiece: normalised words, each split into the longest pieces of the vocabulary from its begin on.

// From a tokenizer.json whose model is one; tokenizer_config.json may say otherwise how text is normalised. Throws
// Error where it asks for something that is not read.
std::unique_ptr<const Tokenizer> wordPieceOf(const TokenizerFolder& folder, const JsonFields& tokenizer);

// From vocab.txt, a token a line, and tokenizer_config.json.
std::unique_ptr<const Tokenizer> wordPieceOf(const TokenizerFolder& folder);

} // namespace levi
