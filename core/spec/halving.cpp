// SPDX-License-Identifier: Apache-2.0
#include "core/spec/halving.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace levi {
namespace {

std::size_t seedsOf(const SweepList& list) {
    return std::max<std::size_t>(1, list.specs.size() / std::max<std::size_t>(1, list.settings));
}

std::size_t keptOf(std::size_t count, double keep) {
    const auto rounded = static_cast<std::size_t>(std::llround(keep * static_cast<double>(count)));
    return std::clamp<std::size_t>(rounded, 1, std::max<std::size_t>(1, count));
}

} // namespace

std::vector<Problem> halvingProblems(const SweepList& list) {
    std::vector<Problem> problems;
    for (std::size_t first = 0; first < list.specs.size(); first += seedsOf(list))
        if (const ExperimentSpec& spec = list.specs[first]; !trainsInSteps(spec))
            problems.push_back({"halving", fmt::format("'{}' does not train in epochs; leave it out of a sweep with "
                                                       "halving",
                                                       spec.name.empty() ? spec.method.kind().label : spec.name)});
    return problems;
}

std::vector<ExperimentSpec> roundOf(std::span<const ExperimentSpec> settings, const Halving& halving,
                                    std::size_t round) {
    std::vector<ExperimentSpec> specs(settings.begin(), settings.end());
    for (ExperimentSpec& spec : specs) {
        spec.train.epochs = halving.epochs.at(round);
        if (spec.name.empty()) spec.name = spec.method.kind().label;
        if (round + 1 < halving.epochs.size())
            spec.name += fmt::format(", {} {}", spec.train.epochs, spec.train.epochs == 1 ? "epoch" : "epochs");
    }
    return specs;
}

std::vector<std::size_t> survivors(std::span<const HalvingScore> scores, double keep) {
    std::map<std::string, std::vector<std::size_t>> ofMethod;
    for (std::size_t i = 0; i < scores.size(); ++i)
        ofMethod[scores[i].method].push_back(i);
    std::vector<std::size_t> kept;
    for (auto& [method, places] : ofMethod) {
        const std::size_t most = keptOf(places.size(), keep);
        std::erase_if(places, [&](std::size_t i) { return std::isnan(scores[i].score); });
        std::ranges::stable_sort(places,
                                 [&](std::size_t a, std::size_t b) { return scores[a].score > scores[b].score; });
        kept.insert(kept.end(), places.begin(),
                    places.begin() + static_cast<std::ptrdiff_t>(std::min(most, places.size())));
    }
    std::ranges::sort(kept);
    return kept;
}

HalvingBudget budgetOf(const SweepList& list, const Halving& halving) {
    const std::size_t seeds = seedsOf(list);
    std::map<std::string, std::size_t> ofMethod;
    for (std::size_t first = 0; first < list.specs.size(); first += seeds)
        ++ofMethod[list.specs[first].method.kind().key];
    HalvingBudget budget;
    for (const std::int64_t epochs : halving.epochs) {
        std::size_t settings = 0;
        for (auto& [method, count] : ofMethod) {
            settings += count;
            count = keptOf(count, halving.keep);
        }
        budget.settings.push_back(settings);
        budget.epochs += epochs * static_cast<std::int64_t>(settings * seeds);
    }
    budget.withoutHalving = halving.epochs.back() * static_cast<std::int64_t>(list.settings * seeds);
    return budget;
}

} // namespace levi
