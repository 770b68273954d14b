// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/experiment_spec.h"
#include "core/store/run_store.h"

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace levi {

// Which runs of a store a verb looks at, and which of their candidates.
struct RunSelection {
    std::filesystem::path store;
    std::string study, rule; // "": all runs; the study's rule, or the runs' own picks
};
void addRunSelection(CLI::App& verb, RunSelection& selection); // --store --study --rule
void addWhichRuns(CLI::App& verb, RunSelection& selection);    // --study --rule

struct SelectedRuns {
    std::vector<RunSummary> runs;     // oldest first
    std::vector<StudyRecord> studies; // that they belong to
    std::optional<StudyRecord> study; // that was asked for
};
SelectedRuns selectRuns(const RunSelection& selection); // throws Error

// A study that runs are about to join. Throws Error where the store has none of that name, or it is judged by a figure
// that one of the runs cannot have; seeds that it does not state are named on stderr. Nothing where the name is empty.
void announceStudy(const std::filesystem::path& store, const std::string& study, std::span<const ExperimentSpec> specs);

} // namespace levi
