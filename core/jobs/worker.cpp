// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/worker.h"

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/jobs/job_queue.h"
#include "core/jobs/line_socket.h"
#include "core/jobs/run_recorder.h"
#include "core/jobs/worker_protocol.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace levi {
namespace {

constexpr std::chrono::milliseconds kLook{50};
constexpr std::chrono::milliseconds kProgressEvery{200};
constexpr std::chrono::seconds kPatience{10}; // with a worker that was told to end

// One process and our end of the line to it.
class Worker {
public:
    Worker(const std::string& program, const std::string& verb) {
        int ends[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
            throw Error("cannot connect to a process for a run: {}", std::strerror(errno));
        m_line.emplace(ends[0]);
        const LineSocket other(ends[1]); // closes it here
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO); // stdout is for our caller's eyes
        std::vector<std::string> words = {program, verb};
        char* arguments[] = {words[0].data(), words[1].data(), nullptr};
        const int failed = ::posix_spawn(&m_pid, program.c_str(), &actions, nullptr, arguments, environ);
        ::posix_spawn_file_actions_destroy(&actions);
        if (failed != 0) throw Error("{}: cannot be started for a run: {}", program, std::strerror(failed));
    }

    ~Worker() {
        m_line.reset(); // it ends when nobody is there any more
        const auto begin = std::chrono::steady_clock::now();
        while (!hasExited()) {
            if (std::chrono::steady_clock::now() - begin > kPatience) ::kill(m_pid, SIGKILL);
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    LineSocket& line() { return *m_line; }

    std::string end() { // of one whose line has ended, in words
        for (int i = 0; i < 200 && !hasExited(); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        if (!m_hasExited) return "it no longer answers";
        if (WIFSIGNALED(m_status))
            return fmt::format("signal {} ({}){}", WTERMSIG(m_status), ::strsignal(WTERMSIG(m_status)),
                               WTERMSIG(m_status) == SIGKILL ? "; was there too little memory?" : "");
        return fmt::format("exit code {}", WEXITSTATUS(m_status));
    }

private:
    bool hasExited() {
        if (!m_hasExited) m_hasExited = ::waitpid(m_pid, &m_status, WNOHANG) != 0;
        return m_hasExited;
    }

    std::optional<LineSocket> m_line;
    pid_t m_pid = -1;
    int m_status = 0;
    bool m_hasExited = false;
};

} // namespace

struct WorkerPool::Impl {
    std::string program, verb;
    std::mutex mutex;
    std::vector<std::unique_ptr<Worker>> idle;

    std::unique_ptr<Worker> take() {
        {
            const std::lock_guard lock(mutex);
            if (!idle.empty()) {
                auto worker = std::move(idle.back());
                idle.pop_back();
                return worker;
            }
        }
        return std::make_unique<Worker>(program, verb);
    }
    void giveBack(std::unique_ptr<Worker> worker) {
        const std::lock_guard lock(mutex);
        idle.push_back(std::move(worker));
    }
};

class WorkerJob final : public Job {
public:
    WorkerJob(WorkerPool::Impl& pool, ExperimentSpec spec, RunJobOptions options)
        : m_pool(pool), m_spec(std::move(spec)), m_options(std::move(options)) {}

    std::string title() const override { return fmt::format("{}, seed {}", runName(m_spec), m_spec.seed); }
    std::string group() const override { return m_options.group; }
    std::string lane() const override { return m_spec.compute.device; }

    JobOutcome run(Mailbox& mailbox, std::stop_token stop) override {
        auto worker = m_pool.take();
        worker->line().send(lineOf({.spec = m_spec, .options = m_options}));
        const JobOutcome outcome = hear(*worker, mailbox, stop);
        const auto run = mailbox.look().run;
        if (!worker->line().hasEnded()) m_pool.giveBack(std::move(worker));
        if (run && m_options.onEnded)
            if (const auto summary = RunStore(m_options.storeFile).run(*run)) m_options.onEnded(*summary);
        return outcome;
    }

private:
    static JobOutcome hear(Worker& worker, Mailbox& mailbox, const std::stop_token& stop) {
        for (bool hasAsked = false; !worker.line().hasEnded();) {
            if (stop.stop_requested() && !std::exchange(hasAsked, true))
                worker.line().send(lineOf(WorkerRequest{.stop = true, .spec = {}, .options = {}}));
            const auto line = worker.line().next(kLook);
            if (!line) continue;
            const WorkerEvent event = eventIn(*line);
            if (event.run) mailbox.setRun(*event.run);
            if (event.progress) mailbox.post(*event.progress);
            if (event.outcome) return *event.outcome;
        }
        return {JobState::Failed, fmt::format("{}: {}.", kProcessEnded, worker.end())};
    }

    WorkerPool::Impl& m_pool;
    ExperimentSpec m_spec;
    RunJobOptions m_options;
};

WorkerPool::WorkerPool(std::filesystem::path program, std::string verb) : m_impl(std::make_unique<Impl>()) {
    m_impl->program = program.string();
    m_impl->verb = std::move(verb);
}
WorkerPool::~WorkerPool() = default;

std::unique_ptr<Job> WorkerPool::job(ExperimentSpec spec, RunJobOptions options) {
    return std::make_unique<WorkerJob>(*m_impl, std::move(spec), std::move(options));
}

namespace {

// What a worker tells of the run that goes on.
class Teller {
public:
    explicit Teller(LineSocket& line) : m_line(line) {}

    static bool isOver(const JobView& job) {
        return job.state != JobState::Queued && job.state != JobState::Running && job.state != JobState::Stopping;
    }

    void tell(const JobView& job) {
        if (!isOver(job) && m_sinceLast.seconds() < std::chrono::duration<double>(kProgressEvery).count()) return;
        m_sinceLast = {};
        const auto contents = job.mailbox->look(SIZE_MAX, SIZE_MAX);
        WorkerEvent event{.run = contents.run, .progress = contents.progress, .outcome = {}};
        if (isOver(job)) event.outcome = JobOutcome{job.state, job.message};
        m_line.send(lineOf(event));
    }

private:
    LineSocket& m_line;
    Stopwatch m_sinceLast;
};

} // namespace

void serveRuns(int socket) {
    LineSocket asking(socket);
    JobQueue queue;
    Teller teller(asking);
    while (!asking.hasEnded()) {
        if (const auto line = asking.next(kLook)) {
            WorkerRequest request = requestIn(*line);
            if (request.stop)
                queue.stopAll();
            else
                queue.submit(makeRunJob(std::move(request.spec), std::move(request.options)));
        }
        const auto jobs = queue.jobs(); // one, or none
        for (const JobView& job : jobs)
            teller.tell(job);
        if (!jobs.empty() && Teller::isOver(jobs.back())) queue.forgetEnded();
    }
}

} // namespace levi
