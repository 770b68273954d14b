// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/store/run_records.h"

#include <string_view>
#include <vector>

namespace levi {

// Entry of a run's environment: raised when the same spec and seed give other numbers than before on the same machine
// (initialisation, order of draws, kernels), so that results of two versions are never taken for one setting's.
inline constexpr std::string_view kNumericsName = "numerics_version";
inline constexpr int kNumericsVersion = 1;

// What this program knows of where a run happens, without the engine: versions, git revision, machine, cores, time.
std::vector<NamedText> programEnvironment();

} // namespace levi
