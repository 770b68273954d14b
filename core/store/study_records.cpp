// SPDX-License-Identifier: Apache-2.0
#include "core/store/study_records.h"

#include "core/base/error.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace levi {

const std::vector<std::string>& endpointNames() {
    static const std::vector<std::string> names = {"every_role", "ood_mean"};
    return names;
}

const std::string& nameOf(Endpoint endpoint) {
    return endpointNames()[static_cast<std::size_t>(endpoint)];
}

Endpoint endpointNamed(std::string_view name) {
    const auto found = std::ranges::find(endpointNames(), name);
    if (found == endpointNames().end())
        throw Error("endpoint '{}': expected one of {}", name, fmt::join(endpointNames(), ", "));
    return static_cast<Endpoint>(found - endpointNames().begin());
}

std::vector<StudyComparison> StudyPlan::comparisons(bool exploratory) const {
    std::vector<StudyComparison> chosen;
    std::ranges::copy_if(family, std::back_inserter(chosen),
                         [exploratory](const StudyComparison& pair) { return pair.isExploratory == exploratory; });
    return chosen;
}

namespace {

bool isSamePair(const StudyComparison& a, const StudyComparison& b) {
    return (a.candidate == b.candidate && a.baseline == b.baseline) ||
           (a.candidate == b.baseline && a.baseline == b.candidate);
}

} // namespace

std::string problemOf(const StudyPlan& plan) {
    if (plan.name.empty()) return "study: has no name";
    if (plan.margin && !(*plan.margin >= 0 && std::isfinite(*plan.margin)))
        return fmt::format("study '{}': margin {}, expected zero or more", plan.name, *plan.margin);
    for (auto pair = plan.family.begin(); pair != plan.family.end(); ++pair) {
        if (pair->candidate.empty() || pair->baseline.empty() || pair->candidate == pair->baseline)
            return fmt::format("study '{}': compares '{}' with '{}', expected two settings", plan.name, pair->candidate,
                               pair->baseline);
        if (std::any_of(plan.family.begin(), pair, [&](const auto& other) { return isSamePair(*pair, other); }))
            return fmt::format("study '{}': compares '{}' with '{}' twice, expected once, in one direction, and either "
                               "in the family or as exploratory",
                               plan.name, pair->candidate, pair->baseline);
    }
    return {};
}

} // namespace levi
