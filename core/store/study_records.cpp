// SPDX-License-Identifier: Apache-2.0
#include "core/store/study_records.h"

#include "core/base/error.h"

#include <fmt/ranges.h>

#include <algorithm>
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

} // namespace levi
