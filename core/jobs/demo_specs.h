// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/experiment_spec.h"

#include <vector>

namespace levi {

// What `levi demo` runs, in the order of its table: everything on the demo world and the embedded backbone. The output
// ensemble comes last, and names its parents by their names here.
std::vector<ExperimentSpec> demoSpecs();

} // namespace levi
