// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/pooling.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>

#include <limits>

namespace levi {
namespace {

// place: (B). Zero where the sample has no token that counts.
at::Tensor tokenAt(const TokenStates& tokens, const at::Tensor& place) {
    const auto width = tokens.state.size(2);
    const auto index = place.view({-1, 1, 1}).expand({-1, 1, width});
    const auto counts = tokens.mask.ne(0).any(1, true).to(tokens.state.scalar_type());
    return tokens.state.gather(1, index).squeeze(1) * counts;
}

at::Tensor places(const TokenStates& tokens) {
    return at::arange(tokens.state.size(1), tokens.mask.options().dtype(at::kLong));
}

} // namespace

at::Tensor classToken(const TokenStates& tokens) {
    if (!tokens.mask.defined()) return tokens.state.select(1, 0);
    const auto last = tokens.state.size(1) - 1;
    return tokenAt(tokens, places(tokens).masked_fill(tokens.mask.eq(0), last).amin(1));
}

at::Tensor lastToken(const TokenStates& tokens) {
    if (!tokens.mask.defined()) return tokens.state.select(1, tokens.state.size(1) - 1);
    return tokenAt(tokens, places(tokens).masked_fill(tokens.mask.eq(0), 0).amax(1));
}

at::Tensor meanOfTokens(const TokenStates& tokens) {
    const auto rest = tokens.state.slice(1, tokens.prefixTokens);
    if (!tokens.mask.defined()) return rest.mean(1);
    const auto weights = tokens.mask.slice(1, tokens.prefixTokens).to(rest.scalar_type()).unsqueeze(2);
    return (rest * weights).sum(1) / weights.sum(1).clamp_min(1);
}

at::Tensor maxOfTokens(const TokenStates& tokens) {
    const auto rest = tokens.state.slice(1, tokens.prefixTokens);
    if (!tokens.mask.defined()) return rest.amax(1);
    const auto mask = tokens.mask.slice(1, tokens.prefixTokens).ne(0);
    const double none = -std::numeric_limits<float>::infinity();
    const auto best = rest.masked_fill(mask.logical_not().unsqueeze(2), none).amax(1);
    return best.masked_fill(mask.any(1, true).logical_not(), 0);
}

} // namespace levi
