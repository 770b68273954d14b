// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/builtin_methods.h"
#include "core/engine/method/merged_weights.h"
#include "core/spec/methods/derived_options.h"

#include "core/base/error.h"

#include <algorithm>

namespace levi {
namespace {

// Every step, and the fixed alpha where it is none of them.
std::vector<double> alphasOf(const WiseFtOptions& options) {
    std::vector<double> alphas;
    for (std::int64_t i = 0; i <= options.steps; ++i)
        alphas.push_back(static_cast<double>(i) / static_cast<double>(options.steps));
    if (options.choose == AlphaChoice::Fixed) alphas.push_back(options.alpha);
    std::ranges::sort(alphas);
    alphas.erase(std::ranges::unique(alphas).begin(), alphas.end());
    return alphas;
}

Merge merge(const MergeRequest& request) {
    const auto& options = *request.spec.method.as<WiseFtOptions>();
    const ParentWeights& parent = request.parents.front();
    if (parent.start.empty())
        throw Error("method.parents: '{}' kept no weights that it started from; expected a run of LP-FT", parent.name);
    Merge result;
    const auto alphas = alphasOf(options);
    for (const double alpha : alphas)
        result.mixtures.push_back({.label = fmt::format("alpha {:.3g}", alpha),
                                   .make = [&parent, alpha] { return mixed(parent.start, parent.trained, alpha); }});
    if (options.choose == AlphaChoice::Fixed)
        result.picked = static_cast<std::size_t>(std::ranges::find(alphas, options.alpha) - alphas.begin());
    return result;
}

} // namespace

// The line between a probe on the published backbone and the run that was fine-tuned from it.
Method wiseFt() {
    return MergedMethod{.merge = merge};
}

} // namespace levi
