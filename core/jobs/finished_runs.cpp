// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/finished_runs.h"

#include "core/base/error.h"
#include "core/jobs/engine.h"
#include "core/jobs/environment.h"
#include "core/jobs/parents.h"
#include "core/spec/spec_hash.h"
#include "core/spec/spec_json.h"

namespace levi {
namespace {

std::string settingText(ExperimentSpec spec) {
    spec.seed = 0;
    return toJson(spec, true).dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace

FinishedRuns::FinishedRuns(const RunStore& store, Engine& engine, std::stop_token stop)
    : m_store(store), m_engine(engine), m_stop(std::move(stop)) {
    refresh();
}

void FinishedRuns::refresh() {
    m_runs = m_store.runs();
}

std::optional<RunSummary> FinishedRuns::find(const ExperimentSpec& spec) {
    const std::string cell = cellOf(spec);
    for (auto run = m_runs.rbegin(); run != m_runs.rend(); ++run)
        if (run->state == RunState::Done && run->seed == spec.seed && run->cell == cell && hasNumerics(run->id))
            return *run;
    return std::nullopt;
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
