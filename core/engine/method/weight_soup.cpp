// SPDX-License-Identifier: Apache-2.0
#include "core/engine/method/builtin_methods.h"
#include "core/engine/method/merged_weights.h"
#include "core/spec/methods/derived_options.h"

#include "core/base/error.h"

#include <algorithm>
#include <numeric>

namespace levi {
namespace {

// The running mean: the one after n members is (n * mean + next) / (n + 1).
Weights withMember(const Weights& mean, std::size_t members, const Weights& next) {
    return mixed(mean, next, 1 / static_cast<double>(members + 1));
}

Weights uniformMean(const std::vector<ParentWeights>& parents) {
    Weights mean = parents.front().trained;
    for (std::size_t i = 1; i < parents.size(); ++i)
        mean = withMember(mean, i, parents[i].trained);
    return mean;
}

// The best on id_val first; of equals the one that was named first.
std::vector<std::size_t> byGoodness(const std::vector<IdValFigures>& figures) {
    std::vector<std::size_t> order(figures.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, std::ranges::greater(), [&](std::size_t i) { return figures[i].goodness(); });
    return order;
}

Weights greedyMean(const MergeRequest& request) {
    std::vector<IdValFigures> figures;
    for (const ParentWeights& parent : request.parents)
        figures.push_back(request.idVal(parent.trained));
    const auto order = byGoodness(figures);
    const bool tiesJoin = request.spec.method.as<WeightSoupOptions>()->ties == SoupTies::Join;
    Weights mean = request.parents[order[0]].trained;
    IdValFigures best = figures[order[0]];
    std::size_t members = 1;
    for (std::size_t place = 1; place < order.size(); ++place) {
        const ParentWeights& next = request.parents[order[place]];
        Weights tried = withMember(mean, members, next.trained);
        const IdValFigures with = request.idVal(tried);
        const bool joins = tiesJoin ? with.goodness() >= best.goodness() : with.goodness() > best.goodness();
        request.log(fmt::format("soup member=\"{}\" seed={} id_val_{}={:.4f} with_it={:.4f} joins={}", next.name,
                                next.seed, with.name(), figures[order[place]].first(), with.first(), joins));
        if (!joins) continue;
        mean = std::move(tried);
        best = with;
        ++members;
    }
    request.log(fmt::format("soup members={} of={} id_val_{}={:.4f}", members, request.parents.size(), best.name(),
                            best.first()));
    return mean;
}

Merge merge(const MergeRequest& request) {
    if (request.parents.size() < 2)
        throw Error("method.parents: found {} finished runs, a soup needs at least 2", request.parents.size());
    for (const ParentWeights& parent : request.parents)
        checkSameTensors(request.parents.front(), parent);
    const bool greedy = request.spec.method.as<WeightSoupOptions>()->kind == SoupKind::Greedy;
    Weights mean = greedy ? greedyMean(request) : uniformMean(request.parents);
    return {.mixtures = {{.label = greedy ? "greedy soup" : "uniform soup",
                          .make = [mean = std::move(mean)] { return mean; }}},
            .picked = 0};
}

} // namespace

// The mean of the weights of finished runs.
Method weightSoup() {
    return MergedMethod{.merge = merge};
}

} // namespace levi
