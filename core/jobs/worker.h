// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/jobs/run_job.h"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace levi {

// What the message of a job begins with whose process died.
inline constexpr std::string_view kProcessEnded = "The process that carried it out has ended";

// Processes of this program that carry out runs, so that several go on at once: each has its own threads, its own peak
// memory, and takes no other one with it when it dies. Made when they are needed, used one run after another, ended
// with the pool. Thread-safe; must outlive the jobs that use it.
class WorkerPool {
public:
    // `program` with the one argument `verb` has to call serveRuns() on its standard input.
    WorkerPool(std::filesystem::path program, std::string verb);
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    // As makeRunJob(), carried out by one of the processes. Progress comes into the mailbox; losses and log do not.
    std::unique_ptr<Job> job(ExperimentSpec spec, RunJobOptions options);

private:
    friend class WorkerJob;
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

// The other side: carries out what is asked for on `socket`, until the one who asks is gone; what goes on then is
// stopped.
void serveRuns(int socket);

} // namespace levi
