// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/dataset.h"
#include "core/jobs/backbone_info.h"
#include "core/spec/experiment_spec.h"

#include <cstdint>

namespace levi {

// Of the time that a run takes once its data are read, about what share its pass over so many rows takes.
double featureShare(const ExperimentSpec& spec, const BackboneInfo& info, const Dataset& data, std::int64_t passRows);

} // namespace levi
