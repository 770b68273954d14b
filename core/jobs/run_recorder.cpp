// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/run_recorder.h"

#include "core/base/log.h"
#include "core/jobs/environment.h"
#include "core/jobs/parents.h"
#include "core/spec/spec_hash.h"
#include "core/spec/spec_json.h"

#include <sys/resource.h>

namespace levi {
namespace {

constexpr std::size_t kLinesPerFlush = 100;
constexpr double kSecondsPerFlush = 1;

// What only the store knows joins what only the engine knows.
ResolvedFacts withParents(ResolvedFacts facts, const ExperimentSpec& spec, const std::vector<RunSummary>& parents) {
    facts.merge(parentFacts(spec, parents));
    return facts;
}

NewRun newRun(const RunPlan& plan) {
    const ExperimentSpec& spec = plan.spec;
    const ResolvedFacts facts = withParents({}, spec, plan.parents);
    NewRun run;
    run.specJson = toJson(spec, true).dump(-1, ' ', false, Json::error_handler_t::replace);
    run.canonicalText = canonicalText(spec, facts);
    run.cell = cellKey(spec, facts);
    run.name = runName(spec);
    run.method = spec.method.kind().key;
    run.seed = spec.seed;
    run.environment = programEnvironment();
    if (plan.atOnce > 1) run.environment.push_back({"runs_at_once", std::to_string(plan.atOnce)});
    for (const RunSummary& parent : plan.parents)
        run.parents.push_back(parent.id);
    run.study = plan.study;
    return run;
}

std::uint64_t peakMemoryBytes() {
    rusage usage{};
    return ::getrusage(RUSAGE_SELF, &usage) == 0 ? static_cast<std::uint64_t>(usage.ru_maxrss) * 1024 : 0;
}

} // namespace

std::string runName(const ExperimentSpec& spec) {
    return spec.name.empty() ? spec.method.kind().label : spec.name;
}

RunRecorder::RunRecorder(RunStore& store, Mailbox& mailbox, RunPlan plan)
    : m_store(store), m_mailbox(mailbox), m_plan(std::move(plan)), m_run(store.beginRun(newRun(m_plan))) {
    m_mailbox.setRun(m_run);
}

RunRecorder::~RunRecorder() {
    if (m_ended) return;
    try {
        fail("It ended before its result could be kept.");
    } catch (const std::exception& error) {
        log().error("run {}: its end cannot be kept: {}", m_run, error.what());
    }
}

void RunRecorder::resolved(const RunFacts& facts) {
    const ResolvedFacts all = withParents(facts.facts, m_plan.spec, m_plan.parents);
    m_store.resolveRun(m_run, {.canonicalText = canonicalText(m_plan.spec, all),
                               .cell = cellKey(m_plan.spec, all),
                               .taps = facts.taps,
                               .environment = facts.environment});
}

void RunRecorder::evaluated(const CandidateRecord& candidate) {
    m_candidates.push_back(m_store.addCandidate(m_run, candidate));
    flushLog();
}

void RunRecorder::logged(const LogLine& line) {
    LogLine dated = line;
    if (dated.unixSeconds <= 0) dated.unixSeconds = unixNow();
    m_mailbox.post(dated);
    m_lines.push_back(std::move(dated));
    if (m_lines.size() >= kLinesPerFlush || m_sinceFlush.seconds() > kSecondsPerFlush) flushLog();
}

void RunRecorder::flushLog() {
    m_store.addLog(m_run, m_lines);
    m_lines.clear();
    m_sinceFlush = {};
}

void RunRecorder::end(const RunResult& result) {
    flushLog();
    for (ArtifactRecord artifact : result.artifacts) {
        artifact.path = artifactFolderOf(m_run) + "/" + artifact.path;
        m_store.addArtifact(m_run, artifact);
    }
    RunEnd end{.state = result.state,
               .message = result.message,
               .seconds = m_clock.seconds(),
               .backboneSamples = result.backboneSamples,
               .weightsSha256 = result.weightsSha256,
               .predictionsSha256 = result.predictionsSha256,
               .trainableParameters = result.trainableParameters,
               .peakMemoryBytes = result.peakMemoryBytes ? result.peakMemoryBytes : peakMemoryBytes(),
               .environment = result.environment,
               .efficiency = result.efficiency};
    if (result.pickedIndex >= 0 && result.pickedIndex < static_cast<std::int64_t>(m_candidates.size()))
        end.pickedCandidate = m_candidates[static_cast<std::size_t>(result.pickedIndex)];
    m_store.endRun(m_run, end);
    m_ended = true;
}

void RunRecorder::fail(const std::string& message) {
    logged({.level = "error", .text = message});
    end({.state = RunState::Failed, .message = message});
}

} // namespace levi
