// SPDX-License-Identifier: Apache-2.0
#include "core/stats/sample_tests.h"

#include "core/base/error.h"

#include <cmath>
#include <map>

namespace levi {
namespace {

// What is drawn: samples, or groups of them.
struct Unit {
    double sum = 0;
    double count = 0;
};

std::vector<Unit> unitsOf(std::span<const double> differences, std::span<const std::int64_t> groups) {
    std::vector<Unit> units;
    std::map<std::int64_t, std::size_t> places;
    for (std::size_t i = 0; i < differences.size(); ++i) {
        if (!std::isfinite(differences[i]))
            throw Error("paired bootstrap: a difference is {}, expected finite ones", differences[i]);
        const auto key = groups.empty() ? static_cast<std::int64_t>(i) : groups[i];
        const auto [place, isNew] = places.try_emplace(key, units.size());
        if (isNew) units.emplace_back();
        units[place->second].sum += differences[i];
        units[place->second].count += 1;
    }
    return units;
}

} // namespace

SampleCounts countSamples(const JudgedSamples& samples) {
    if (samples.rightA.size() != samples.rightB.size())
        throw Error("paired samples: {} beside {}, expected as many", samples.rightA.size(), samples.rightB.size());
    SampleCounts counts;
    for (std::size_t i = 0; i < samples.rightA.size(); ++i) {
        const bool a = samples.rightA[i] != 0, b = samples.rightB[i] != 0;
        ++(a && b ? counts.both : a ? counts.onlyA : b ? counts.onlyB : counts.neither);
    }
    return counts;
}

std::optional<PairedBootstrap> pairedBootstrap(std::span<const double> differences,
                                               std::span<const std::int64_t> groups, const BootstrapOptions& options) {
    if (!groups.empty() && groups.size() != differences.size())
        throw Error("paired bootstrap: {} groups for {} samples, expected one a sample", groups.size(),
                    differences.size());
    if (differences.empty()) return std::nullopt;
    const std::vector<Unit> units = unitsOf(differences, groups);
    const auto meanOf = [&](std::span<const double> drawn) {
        double sum = 0, count = 0;
        for (const double place : drawn) {
            sum += units[static_cast<std::size_t>(place)].sum;
            count += units[static_cast<std::size_t>(place)].count;
        }
        return sum / count;
    };
    std::vector<double> places(units.size());
    for (std::size_t i = 0; i < places.size(); ++i)
        places[i] = static_cast<double>(i);
    return PairedBootstrap{.mean = meanOf(places),
                           .units = static_cast<std::int64_t>(units.size()),
                           .interval = bcaInterval(places, meanOf, options)};
}

} // namespace levi
