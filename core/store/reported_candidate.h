// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/stats/selection_rules.h"
#include "core/store/run_records.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace levi {

// What a rule may go by, of one candidate: accuracy and nll over all rows of each role whose accuracy has a value; an
// nll that has none is the worst. Of predicted numbers rmse. With their mean over the domains of id_val.
CandidateFigures figuresOf(const CandidateRecord& candidate);

// The id of the candidate that the rule picks among those of a run; nothing where it has no answer.
std::optional<std::int64_t> candidateByRule(const std::vector<CandidateRecord>& candidates, CandidateRule rule,
                                            const Preference& preference);

// How the run of a stored spec has picked itself; the usual way where the spec cannot be read.
Preference preferenceOf(const std::string& specJson);

} // namespace levi
