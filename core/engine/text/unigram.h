// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/text/tokenizer_folder.h"

#include <memory>

namespace levi {

// T5's tokens from spiece.model, split by the SentencePiece library, with the sentinels <extra_id_N> behind its pieces.
// Throws Error.
std::unique_ptr<const Tokenizer> unigramOf(const TokenizerFolder& folder);

} // namespace levi
