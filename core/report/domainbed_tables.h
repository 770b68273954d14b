// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/stats/selection_rules.h"

#include <span>
#include <string>

namespace levi {

// The tables that DomainBed prints for one selection rule, to the last character: a table a data set and one of the
// averages; "mean +/- error" in percent over trials, the error being the population standard deviation over sqrt(n);
// "X" where an answer is missing. Data sets and algorithms in DomainBed's order; such as it does not know follow by
// name, with their environments numbered. (Its own program leaves unknown data sets out.)
std::string domainBedTables(std::span<const SweepGroup> groups, SweepRule rule);

} // namespace levi
