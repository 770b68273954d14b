// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/jobs/bench_report.h"

#include <filesystem>
#include <stop_token>

namespace levi {

// Measures the frozen pass (pooledFeatures) on random pictures or texts with both kinds of kernels in alternating
// pairs, and a plain matrix product beside them. A folder with only config.json gets random weights. Ends early when
// stopped: `pairs` of the report says how many pairs were measured. Throws Error where the folder cannot be used.
BenchReport benchForward(const std::filesystem::path& folder, const BenchOptions& options, std::stop_token stop = {});

} // namespace levi
