// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/spec_hash.h"
#include "core/store/run_store.h"

#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace levi {

class Engine;

// Finds what need not be run again: finished runs of the same cell, seed and numerics version (environment.h). Asks the
// engine once a setting for the content behind its paths. Knows the runs that the store had when it was made or last
// refreshed.
class FinishedRuns {
public:
    FinishedRuns(const RunStore& store, Engine& engine, std::stop_token stop = {});

    void refresh();
    // The newest one of the spec's seed, of those that count. Nothing while a parent is not finished. Throws Error
    // where files that decide the cell cannot be read.
    using Counts = std::function<bool(const RunSummary&)>;
    std::optional<RunSummary> find(const ExperimentSpec& spec, const Counts& counts = {});
    std::vector<RunSummary> allOf(const ExperimentSpec& spec); // the same of every seed, oldest first
    const std::vector<RunSummary>& all() const { return m_runs; }

    // Whether all runs that it is made from are finished; throws nothing.
    bool hasParents(const ExperimentSpec& spec) const;

    // Of specs that belong together: where one names another of `list` as its parent, and the store gives that name to
    // other cells too or another name to that cell, the cell's key takes the place of the name.
    void nameParentsByCell(std::vector<ExperimentSpec>& specs, std::vector<ExperimentSpec> list);
    void nameParentsByCell(std::vector<ExperimentSpec>& specs) { nameParentsByCell(specs, specs); }

    std::string cellOf(const ExperimentSpec& spec); // "" where it cannot be known yet

private:
    bool isAmbiguous(const std::string& name, const std::string& cell) const;
    bool hasNumerics(std::int64_t run);

    const RunStore& m_store;
    Engine& m_engine;
    std::stop_token m_stop;
    std::vector<RunSummary> m_runs;
    std::map<std::string, std::optional<ResolvedFacts>> m_facts; // of a setting, by its JSON without seed
    std::map<std::int64_t, bool> m_hasNumerics;                  // by run
};

} // namespace levi
