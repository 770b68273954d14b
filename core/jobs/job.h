// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/jobs/run_events.h"

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace levi {

enum class JobState { Queued, Running, Stopping, Done, Cancelled, Failed };

struct JobOutcome {
    JobState state = JobState::Done; // Done, Cancelled or Failed
    std::string message;
};

// Where a job leaves what it has to say; whoever is interested looks in from time to time. Thread-safe, never blocks
// long. The latest progress wins; log lines and loss points stand in rings of 1,000 and 20,000.
class Mailbox {
public:
    void post(const Progress& progress);
    void post(const LossPoint& point);
    void post(const LogLine& line);
    void setRun(std::int64_t run); // the run in the store that this job writes

    struct Contents {
        Progress progress;
        std::optional<std::int64_t> run;
        std::vector<LossPoint> losses; // newer than the position asked for
        std::vector<LogLine> lines;
        std::size_t lossPosition = 0, linePosition = 0; // hand them back to get only what is new
    };
    Contents look(std::size_t lossPosition = 0, std::size_t linePosition = 0) const;

private:
    mutable std::mutex m_mutex;
    Progress m_progress;
    std::optional<std::int64_t> m_run;
    std::deque<LossPoint> m_losses;
    std::deque<LogLine> m_lines;
    std::size_t m_lossCount = 0, m_lineCount = 0;
};

// Anything that takes time. Values in; an outcome out. Stops within one batch when training, within 2 s anywhere else.
class Job {
public:
    virtual ~Job() = default;
    virtual std::string title() const = 0;                              // "LEVI, seed 3"
    virtual std::string group() const { return {}; }                    // jobs launched together
    virtual std::string lane() const = 0;                               // device: "cpu", "cuda:0"
    virtual JobOutcome run(Mailbox& mailbox, std::stop_token stop) = 0; // may throw: the queue makes it Failed
};

} // namespace levi
