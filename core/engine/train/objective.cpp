// SPDX-License-Identifier: Apache-2.0
#include "core/engine/train/objective.h"

#include "core/engine/data/balanced_order.h"

namespace levi {

TrainingGroups trainingGroups(const RowSet& train) {
    TrainingGroups groups{.domains = domainsOf(train), .names = {}};
    for (const std::int64_t domain : groups.domains)
        groups.names.push_back(train.domains()[static_cast<std::size_t>(domain)]);
    return groups;
}

} // namespace levi
