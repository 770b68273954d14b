// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/jobs/engine.h"

namespace levi {

// A run made from the predictions of finished runs: no data, no backbone, one candidate. Throws Error.
RunResult derivedRun(const RunRequest& request, RunObserver& observer);

} // namespace levi
