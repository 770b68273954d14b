// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/store/run_records.h"

#include <vector>

namespace levi {

// What this program knows of where a run happens, without the engine: versions, git revision, machine, cores, time.
std::vector<NamedText> programEnvironment();

} // namespace levi
