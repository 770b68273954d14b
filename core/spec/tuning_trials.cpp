// SPDX-License-Identifier: Apache-2.0
#include "core/spec/sweep.h"

#include "core/spec/backbones/backbone_options.h"

#include <algorithm>
#include <cmath>

namespace levi {
namespace {

using Counts = std::map<std::string, double>;

Counts settingsOf(const SweepList& list) {
    Counts counts;
    const std::size_t seeds = list.specs.size() / std::max<std::size_t>(1, list.settings);
    for (std::size_t first = 0; first < list.specs.size(); first += std::max<std::size_t>(1, seeds))
        if (!list.specs[first].method.kind().method.isDerived) counts[tuningKey(list.specs[first])] += 1;
    return counts;
}

// What varies beside the variants is tried; the variants themselves are different settings.
Counts triedIn(const Sweep& sweep, const SweepList& list) {
    Sweep variants = sweep;
    variants.grid.clear();
    variants.paired.clear();
    variants.random.clear();
    const Counts alone = settingsOf(listOf(variants));
    Counts tried = settingsOf(list);
    for (auto& [kind, count] : tried)
        if (const auto variantsOf = alone.find(kind); variantsOf != alone.end())
            count = std::ceil(count / variantsOf->second);
    return tried;
}

} // namespace

std::string tuningKey(const ExperimentSpec& spec) {
    const BackboneMode mode = backboneMode(spec);
    return spec.method.kind().key + (mode == BackboneMode::Frozen ? "" : " " + nameOf(mode));
}

std::map<std::string, double> tuningTrials(const Sweep& sweep, const SweepList& list) {
    Counts trials = triedIn(sweep, list);
    Counts before;
    for (const std::filesystem::path& file : sweep.tunedBy) {
        const Sweep tuning = readSweep(file).sweep;
        for (const auto& [kind, count] : triedIn(tuning, listOf(tuning)))
            before[kind] += count;
    }
    for (const auto& [kind, count] : before)
        trials[kind] = count;
    return trials;
}

} // namespace levi
