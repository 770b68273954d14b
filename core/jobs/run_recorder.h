// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/clock.h"
#include "core/jobs/job.h"
#include "core/spec/experiment_spec.h"
#include "core/store/run_store.h"

#include <cstdint>
#include <string>
#include <vector>

namespace levi {

// What a run is before it begins.
struct RunPlan {
    ExperimentSpec spec;
    std::vector<RunSummary> parents;
    std::string study; // "": none
    int atOnce = 1;    // runs that go on beside each other, this one counted
};

// Hears a run and writes it down: progress and losses into the mailbox, candidates into the store at once, the log in
// batches. Lives on the lane's thread. Where it is left without end(), the run ends as Failed.
class RunRecorder final : public RunObserver {
public:
    RunRecorder(RunStore& store, Mailbox& mailbox, RunPlan plan);
    ~RunRecorder() override;
    RunRecorder(const RunRecorder&) = delete;
    RunRecorder& operator=(const RunRecorder&) = delete;

    std::int64_t run() const { return m_run; }

    void resolved(const RunFacts& facts) override;
    void progressed(const Progress& progress) override { m_mailbox.post(progress); }
    void stepped(const LossPoint& point) override { m_mailbox.post(point); }
    void evaluated(const CandidateRecord& candidate) override;
    void logged(const LogLine& line) override;

    void end(const RunResult& result); // with its artifacts, whose paths are relative to the run's own folder
    void fail(const std::string& message);

private:
    void flushLog();

    RunStore& m_store;
    Mailbox& m_mailbox;
    RunPlan m_plan;
    Stopwatch m_clock;
    Stopwatch m_sinceFlush;
    std::vector<LogLine> m_lines;
    std::vector<std::int64_t> m_candidates;
    std::int64_t m_run = 0;
    bool m_ended = false;
};

// As tables show it: the spec's name, else the method's label.
std::string runName(const ExperimentSpec& spec);

} // namespace levi
