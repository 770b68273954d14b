// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace levi {

// The tokens of a hidden state -> one vector a sample. Where a mask says which tokens count, the others have no
// influence; a sample without any that counts is as if its values were zero.
struct TokenStates {
    at::Tensor state;              // (B, T, D)
    at::Tensor mask;               // (B, T), 1 where a token counts; undefined: all count
    std::int64_t prefixTokens = 0; // class tokens and the like, which mean and max leave out
};

// Each returns (B, D).
at::Tensor classToken(const TokenStates& tokens); // the first that counts: texts may be padded on the left
at::Tensor lastToken(const TokenStates& tokens);  // the last that counts
at::Tensor meanOfTokens(const TokenStates& tokens);
at::Tensor maxOfTokens(const TokenStates& tokens);

} // namespace levi
