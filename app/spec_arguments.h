// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/experiment_spec.h"
#include "core/spec/validate.h"

#include <filesystem>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace levi {

// What verbs that run specs have in common.
struct SpecArguments {
    std::vector<std::string> assignments; // --set key=value
    std::string seeds;                    // --seeds; empty: the spec's own, or the verb's default
    int atOnce = 1;                       // --at-once: runs beside each other; 0: the verb finds a number
};
void addSpecArguments(CLI::App& verb, SpecArguments& arguments);

// The spec in `file` with the assignments, its paths absolute. Throws InvalidSpec with all problems that the spec alone
// shows and, where there are none, those that the engine finds in files and devices.
ExperimentSpec validSpec(const std::filesystem::path& file, const std::vector<std::string>& assignments);

// Sets what the assignments say; relative paths start where the program was called. Returns what cannot be set.
std::vector<Problem> applyAssignments(ExperimentSpec& spec, const std::vector<std::string>& assignments);

// The same of a spec of our own, which has to be valid afterwards. Throws InvalidSpec.
void assign(ExperimentSpec& spec, const std::vector<std::string>& assignments);

} // namespace levi
