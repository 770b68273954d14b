// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/model/backbone.h"
#include "core/jobs/engine.h"

#include <memory>
#include <vector>

namespace levi {

// The backbone that a run starts from, frozen: as published, then with the weights that each of `runs` (oldest first)
// has made of what it started from; low-rank parts are merged. The weights' fingerprint follows. Throws Error.
std::unique_ptr<Backbone> startBackbone(const ExperimentSpec& spec, at::Device device,
                                        const std::vector<ParentRun>& runs);

} // namespace levi
