// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/jobs/run_events.h"
#include "core/spec/experiment_spec.h"

#include <span>

namespace levi {

// Adds to the training of a run what those spent that it is made from: a derived run trains nothing of its own. Asked
// for an answer, an ensemble asks each of its parents and holds them all; other runs have one network, which the engine
// has measured. A sum with a part that nobody knows is absent.
void addParentCosts(RunResult& result, const ExperimentSpec& spec, std::span<const RunSummary> parents);

} // namespace levi
