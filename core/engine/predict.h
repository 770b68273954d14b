// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/jobs/engine.h"

#include <stop_token>

namespace levi {

// New pictures or texts with the weights of a finished run. Those that cannot be read are named in the result. Throws
// Error, Stopped.
PredictedFiles predictRows(const PredictRequest& request, std::stop_token stop);

} // namespace levi
