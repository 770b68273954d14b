// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/finished_runs.h"

#include "core/base/error.h"
#include "core/jobs/engine.h"
#include "core/jobs/environment.h"
#include "core/jobs/parents.h"
#include "core/jobs/run_recorder.h"
#include "core/spec/spec_hash.h"
#include "core/spec/spec_json.h"

#include <algorithm>
#include <set>

namespace levi {
namespace {

std::string settingText(ExperimentSpec spec) {
    spec.seed = 0;
    return toJson(spec, true).dump(-1, ' ', false, Json::error_handler_t::replace);
}

// In every field that names runs to start from.
void renameParents(ExperimentSpec& spec, const std::map<std::string, std::string>& cells) {
    for (const char* key : {"method", "backbone"})
        for (const FieldRow& row : fieldRows(spec, section(key))) {
            if (row.path != "method.parents" && row.path != "backbone.from_run") continue;
            Json value = row.value;
            const auto rename = [&cells](Json& name) {
                if (const auto cell = cells.find(name.get<std::string>()); cell != cells.end()) name = cell->second;
            };
            if (value.is_array())
                std::ranges::for_each(value, rename);
            else
                rename(value);
            setField(spec, row.path, value);
        }
}

} // namespace

FinishedRuns::FinishedRuns(const RunStore& store, Engine& engine, std::stop_token stop)
    : m_store(store), m_engine(engine), m_stop(std::move(stop)) {
    refresh();
}

void FinishedRuns::refresh() {
    m_runs = m_store.runs();
}

std::optional<RunSummary> FinishedRuns::find(const ExperimentSpec& spec, const Counts& counts) {
    const auto runs = allOf(spec);
    const auto found = std::find_if(runs.rbegin(), runs.rend(), [&](const RunSummary& run) {
        return run.seed == spec.seed && (!counts || counts(run));
    });
    return found == runs.rend() ? std::nullopt : std::optional(*found);
}

std::vector<RunSummary> FinishedRuns::allOf(const ExperimentSpec& spec) {
    const std::string cell = cellOf(spec);
    std::vector<RunSummary> found;
    for (const RunSummary& run : m_runs)
        if (run.state == RunState::Done && run.cell == cell && hasNumerics(run.id)) found.push_back(run);
    return found;
}

bool FinishedRuns::hasParents(const ExperimentSpec& spec) const {
    try {
        findParents(m_store, parentWishes(spec));
        return true;
    } catch (const Error&) {
        return false;
    }
}

bool FinishedRuns::isAmbiguous(const std::string& name, const std::string& cell) const {
    return std::ranges::any_of(m_runs, [&](const RunSummary& run) { return (run.name == name) != (run.cell == cell); });
}

// Those that are known only once their own parents are named come in a later pass.
void FinishedRuns::nameParentsByCell(std::vector<ExperimentSpec>& specs, std::vector<ExperimentSpec> list) {
    std::set<std::string> parents;
    for (const ExperimentSpec& spec : specs)
        for (const ParentWish& wish : parentWishes(spec))
            parents.insert(wish.name);
    std::map<std::string, std::string> cells; // by name
    for (std::size_t before = 1; !parents.empty() && before != cells.size();) {
        before = cells.size();
        for (ExperimentSpec& spec : list) {
            const std::string name = runName(spec);
            if (!parents.contains(name) || cells.contains(name)) continue;
            renameParents(spec, cells);
            const std::string cell = cellOf(spec);
            if (!cell.empty() && isAmbiguous(name, cell)) cells.emplace(name, cell);
        }
    }
    if (cells.empty()) return;
    for (ExperimentSpec& spec : specs)
        renameParents(spec, cells);
}

std::string FinishedRuns::cellOf(const ExperimentSpec& spec) {
    ResolvedFacts ofParents;
    try {
        ofParents = parentFacts(spec, findParents(m_store, parentWishes(spec)));
    } catch (const Error&) {
        return {}; // a parent is to be run first; what is wrong with it is said when its turn comes
    }
    std::optional<ResolvedFacts>& known = m_facts[settingText(spec)];
    if (!known) known = m_engine.facts(spec, m_stop);
    ResolvedFacts facts = *known;
    facts.merge(ofParents);
    return cellKey(spec, facts);
}

bool FinishedRuns::hasNumerics(std::int64_t run) {
    if (const auto known = m_hasNumerics.find(run); known != m_hasNumerics.end()) return known->second;
    bool has = false;
    for (const NamedText& entry : m_store.environment(run))
        if (entry.name == kNumericsName) has = entry.text == std::to_string(kNumericsVersion);
    return m_hasNumerics[run] = has;
}

} // namespace levi
