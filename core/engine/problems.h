// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/jobs/engine.h"

namespace levi {

class KeptData;

// What stands in the way of a run and needs files or devices to be seen.
std::vector<Problem> engineProblems(const ExperimentSpec& spec, KeptData& data, std::stop_token stop);

CostEstimate costEstimate(const ExperimentSpec& spec, KeptData& data, const std::filesystem::path& cacheFolder,
                          std::stop_token stop);

} // namespace levi
