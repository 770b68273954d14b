// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/experiment_spec.h"

#include <string>
#include <vector>

namespace levi {

// One thing that stands in the way of a run. `path` is the JSON path of the field ("" where it is the spec as a whole).
struct Problem {
    std::string path;
    std::string message; // found, expected, what to do

    friend bool operator==(const Problem&, const Problem&) = default;
};

// All problems that the spec alone shows, in the order of the form: required fields, ranges, rules between fields. What
// needs files or devices (absent folders, class lists, an absent GPU) the engine adds: see jobs/engine.h.
std::vector<Problem> validate(const ExperimentSpec& spec);

std::string problemsText(const std::vector<Problem>& problems); // "path: message" lines

} // namespace levi
