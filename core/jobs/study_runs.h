// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/jobs/named_studies.h"
#include "core/store/run_store.h"

#include <cstddef>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace levi {

class Engine;
class FinishedRuns;

// Whether a finished run may count for a study: it belongs to it, or to none while the study is not sealed. A sealed
// one takes no run whose figures have been open.
bool countsFor(const RunSummary& run, const std::string& study, bool isSealed);

// Why runs of the spec cannot have the figure, as the end of a sentence; "": they can. Derived runs have that of their
// parents.
std::string whyNoMetric(const ExperimentSpec& spec, const std::string& metric);

// Throws Error where the study is judged by a figure that one of the runs cannot have.
void requireItsMetric(const StudyPlan& plan, std::span<const ExperimentSpec> specs);

// Problems in files and devices, of each setting: what can be known before the first run.
std::vector<Problem> problemsInFiles(const SweepList& list, Engine& engine, const std::stop_token& stop);

// The list of a sweep. Throws Error with its first problem, be it of the list, of rounds of halving or of files.
SweepList checkedList(const Sweep& sweep, Engine& engine, const std::stop_token& stop);

// Of specs that train: those by whose name the study has finished runs of another setting. Such runs and theirs would
// stand in one table, and compare nothing. By the setting's name.
std::vector<Problem> otherSettings(FinishedRuns& runs, std::span<const ExperimentSpec> specs, const std::string& study);

// What is left to do of a study: its settings at its seeds, those that train first.
struct StudyRuns {
    std::vector<ExperimentSpec> pending;
    std::size_t finished = 0; // that the store had; they belong to the study now
};

// States the study, unless the store has it already. Throws Error where it states something else than is asked for,
// where its list has problems, or where files cannot be read.
StudyRuns beginStudy(RunStore& store, Engine& engine, const NamedStudy& study, bool sealed, std::stop_token stop = {});
void stateStudy(RunStore& store, const StudyPlan& plan, bool sealed);

// What is asked for and the study states otherwise, by the field's name. No seeds, no margin and no seal are asked for
// by nobody; what it is to answer is a text, and may be put in other words.
std::vector<Problem> contradictions(const StudyRecord& stated, const StudyPlan& asked, bool sealed);

} // namespace levi
