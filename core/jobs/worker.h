// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/jobs/run_job.h"

#include <memory>
#include <string>
#include <vector>

namespace levi {

// Processes of this program that carry out runs, so that several go on at once: each has its own threads, its own peak
// memory, and takes no other one with it when it dies. Made when they are needed, used one run after another, ended
// with the pool. Thread-safe; must outlive the jobs that use it.
class WorkerPool {
public:
    // This program with these arguments has to call serveRuns() on its standard input.
    explicit WorkerPool(std::vector<std::string> arguments);
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    // As makeRunJob(), carried out by one of the processes. Progress comes into the mailbox; losses and log do not.
    // Where the process dies the job is Failed and says of what; the store tells that the run was interrupted.
    std::unique_ptr<Job> job(ExperimentSpec spec, RunJobOptions options);

private:
    friend class WorkerJob;
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

// The other side: carries out what is asked for on `socket`, until the one who asks is gone; what goes on then is
// stopped and reads as interrupted.
void serveRuns(int socket);

} // namespace levi
