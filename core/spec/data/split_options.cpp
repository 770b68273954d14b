// SPDX-License-Identifier: Apache-2.0
#include "core/spec/data/split_options.h"

namespace levi {

std::optional<std::string> sharesProblem(const SplitOptions& o, bool drawsTest) {
    if (!drawsTest || o.valShare + o.testShare < 0.95) return std::nullopt;
    return fmt::format("val_share {} and test_share {} leave nothing to train on; keep their sum below 0.95",
                       o.valShare, o.testShare);
}

std::optional<std::string> domainsProblem(const DomainOptions& o) {
    std::vector<std::string> all;
    for (const auto* list : {&o.id, &o.ood, &o.oodVal})
        all.insert(all.end(), list->begin(), list->end());
    std::ranges::sort(all);
    const auto twice = std::ranges::adjacent_find(all);
    if (twice == all.end()) return std::nullopt;
    return fmt::format("domain '{}' is named twice among id, ood and ood_val; give it one role", *twice);
}

} // namespace levi
