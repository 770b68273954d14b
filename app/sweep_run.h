// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/interrupt.h"
#include "core/jobs/finished_runs.h"
#include "core/spec/halving.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace levi {

// "1/3": the first of three parts.
struct Part {
    std::size_t number = 1, count = 1;
};
Part partOf(const std::string& text); // throws Error

struct SweepRunOptions {
    std::filesystem::path store;
    std::string source; // that problems are told of: a file's name
    std::string study;  // that the runs join; "": none
    Part part;
    std::map<std::string, double> tuningTrials; // by tuningKey()
    std::optional<Halving> halving;
    bool hasOneBasis = false; // the study has one setting a name: see otherSettings()
    bool isSealed = false;    // the study will be, though the store may not have it yet
    bool useCache = true, json = false;
    int atOnce = 1; // see BatchOptions
};

// A list of settings on one store: what is done already, what is not, and doing it. Throws InvalidSpec for problems in
// files and devices before anything runs.
class SweepRun {
public:
    SweepRun(SweepList list, SweepRunOptions options);

    int preview(); // prints the settings, what is done and what the rest costs
    int run();     // exit code
    const std::vector<RunSummary>& runs() const { return m_runs; } // that were there or were made

private:
    using Specs = std::vector<ExperimentSpec>;

    void checkFiles() const;
    std::optional<RunSummary> finished(const ExperimentSpec& spec);
    int runAll();
    int runRounds();
    Specs goingOn(const Specs& settings, const Specs& round);
    bool counts(const RunSummary& run) const; // for the study that the runs join
    bool tellFinished(const ExperimentSpec& spec);
    int runPending(Specs specs);
    int waitFor(const Specs& specs) const; // says that their parents are not finished; exit code

    SweepList m_list;
    SweepRunOptions m_options;
    StopOnInterrupt m_stop;
    RunStore m_store;
    bool m_studyIsSealed = false;
    FinishedRuns m_finished;
    std::vector<RunSummary> m_runs;
};

} // namespace levi
