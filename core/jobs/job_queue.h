// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/jobs/job.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace levi {

using JobId = std::int64_t;

struct JobView {
    JobId id = 0;
    std::string title, group, lane;
    JobState state = JobState::Queued;
    std::string message; // of the outcome
    std::shared_ptr<const Mailbox> mailbox;
};

// Jobs in order of submission, one at a time per lane (device) unless more are asked for; each has a thread of its own.
// Thread-safe. The destructor stops what runs, drops what waits and joins.
class JobQueue {
public:
    explicit JobQueue(int atOncePerLane = 1);
    ~JobQueue();
    JobQueue(const JobQueue&) = delete;
    JobQueue& operator=(const JobQueue&) = delete;

    JobId submit(std::unique_ptr<Job> job);
    void stop(JobId id); // returns at once; a waiting job is Cancelled at once, a running one goes to Stopping
    void stopAll();
    std::vector<JobView> jobs() const; // in order of submission, ended ones included
    bool isIdle() const;
    bool waitIdle(std::chrono::milliseconds atMost) const; // false: still busy
    void forgetEnded();

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace levi
