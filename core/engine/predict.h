// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/jobs/engine.h"

#include <stop_token>

namespace levi {

// New pictures with the weights of a finished run. Pictures that cannot be read are named in the result. Throws Error,
// Stopped.
PredictedFiles predictPictures(const PredictRequest& request, std::stop_token stop);

} // namespace levi
