// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

namespace levi {

// Where a parameter of a backbone stands and what it is. The family states it; nobody guesses it from names.
struct ParameterPlace {
    std::int64_t layer = 0; // 0: embeddings, l: block l, depth + 1: what follows the last block
    bool isNorm = false;    // scale or shift of a norm
    bool isBias = false;    // that of a norm too
    bool isLinear = false;  // the matrix of a linear layer, which a low-rank part may stand beside
    bool isLowRank = false; // of such a part: see lora.h
};

// Which parameters are trained.
using ParameterChoice = std::function<bool(const ParameterPlace&)>;
inline bool everyParameter(const ParameterPlace&) {
    return true;
}
inline bool noParameter(const ParameterPlace&) {
    return false;
}

} // namespace levi
