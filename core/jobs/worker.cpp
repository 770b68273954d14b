// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/worker.h"

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/jobs/job_queue.h"
#include "core/jobs/line_socket.h"
#include "core/jobs/run_recorder.h"
#include "core/jobs/worker_protocol.h"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace levi {
namespace {

constexpr std::chrono::milliseconds kLook{50};
constexpr double kProgressEverySeconds = 0.2;
constexpr double kPatienceSeconds = 10; // with a worker that was told to end

constexpr const char* kThisProgram = "/proc/self/exe"; // also where its file was replaced since it began

// Beyond the standard ones, which whoever called us may have closed. Closes the one that is given.
int beyondStandard(int descriptor) {
    const int moved = ::fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    const int reason = errno;
    ::close(descriptor);
    if (moved < 0) throw Error("cannot connect to a process for a run: {}", std::strerror(reason));
    return moved;
}

// One process and our end of the line to it.
class Worker {
public:
    explicit Worker(const std::vector<std::string>& arguments) {
        int ends[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
            throw Error("cannot connect to a process for a run: {}", std::strerror(errno));
        m_line.emplace(beyondStandard(ends[0]));
        const int theirs = beyondStandard(ends[1]);
        const LineSocket closesTheirs(theirs);
        begin(arguments, theirs);
    }

    ~Worker() {
        leave();
        const Stopwatch waiting;
        while (!hasExited()) {
            if (waiting.seconds() > kPatienceSeconds) ::kill(m_pid, SIGKILL);
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    LineSocket& line() { return *m_line; }
    void leave() { m_line.reset(); } // it ends when nobody is there any more

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
    // In a process group of its own: Ctrl-C is for us, who ask it to stop.
    void begin(const std::vector<std::string>& arguments, int theirs) {
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, theirs, STDIN_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO); // stdout is for our caller's eyes
        posix_spawnattr_t attributes;
        ::posix_spawnattr_init(&attributes);
        ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
        std::vector<std::string> words = {"levi"};
        words.insert(words.end(), arguments.begin(), arguments.end());
        std::vector<char*> pointers;
        for (std::string& word : words)
            pointers.push_back(word.data());
        pointers.push_back(nullptr);
        const int failed = ::posix_spawn(&m_pid, kThisProgram, &actions, &attributes, pointers.data(), environ);
        ::posix_spawnattr_destroy(&attributes);
        ::posix_spawn_file_actions_destroy(&actions);
        if (failed != 0) throw Error("a process for a run cannot be started: {}", std::strerror(failed));
    }

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
    std::vector<std::string> arguments;
    std::mutex mutex;
    std::vector<std::unique_ptr<Worker>> idle;

    ~Impl() {
        for (const auto& worker : idle)
            worker->leave(); // all of them before the first is waited for
    }

    std::unique_ptr<Worker> take() {
        while (auto worker = takeIdle()) {
            worker->line().next({}); // has it died since?
            if (!worker->line().hasEnded()) return worker;
        }
        return std::make_unique<Worker>(arguments);
    }
    void giveBack(std::unique_ptr<Worker> worker) {
        const std::lock_guard lock(mutex);
        idle.push_back(std::move(worker));
    }

private:
    std::unique_ptr<Worker> takeIdle() {
        const std::lock_guard lock(mutex);
        if (idle.empty()) return nullptr;
        auto worker = std::move(idle.back());
        idle.pop_back();
        return worker;
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
        if (!worker->line().hasEnded()) m_pool.giveBack(std::move(worker));
        if (const auto run = mailbox.look().run; run && m_options.onEnded) tell(*run, outcome);
        return outcome;
    }

private:
    // What the store holds of it; where its end could not be written there, the outcome.
    void tell(std::int64_t run, const JobOutcome& outcome) const {
        auto summary = RunStore(m_options.storeFile, RunStore::Access::Read).run(run);
        if (!summary) return;
        if (summary->state == RunState::Running) {
            summary->state = RunState::Failed;
            summary->message = outcome.message;
        }
        m_options.onEnded(*summary);
    }

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
        const std::string message = fmt::format("The process that carried it out has ended: {}.", worker.end());
        return {stop.stop_requested() ? JobState::Cancelled : JobState::Failed, message};
    }

    WorkerPool::Impl& m_pool;
    ExperimentSpec m_spec;
    RunJobOptions m_options;
};

WorkerPool::WorkerPool(std::vector<std::string> arguments) : m_impl(std::make_unique<Impl>()) {
    m_impl->arguments = std::move(arguments);
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
        const auto contents = job.mailbox->look(SIZE_MAX, SIZE_MAX);
        const bool isNews = isOver(job) || contents.run.value_or(-1) != m_run;
        if (!isNews && m_sinceLast.seconds() < kProgressEverySeconds) return;
        m_sinceLast = {};
        m_run = contents.run.value_or(-1);
        WorkerEvent event{.run = contents.run, .progress = contents.progress, .outcome = {}};
        if (isOver(job)) event.outcome = JobOutcome{job.state, job.message};
        m_line.send(lineOf(event));
    }

private:
    LineSocket& m_line;
    Stopwatch m_sinceLast;
    std::int64_t m_run = -1; // that was told
};

} // namespace

void serveRuns(int socket) {
    LineSocket asking(socket);
    std::atomic<bool> isAbandoned = false; // before the queue, whose jobs look at it until they are joined
    bool wasAskedToStop = false;           // what goes on
    JobQueue queue;
    Teller teller(asking);
    while (!asking.hasEnded()) {
        if (const auto line = asking.next(kLook)) {
            WorkerRequest request = requestIn(*line);
            wasAskedToStop = request.stop;
            request.options.isAbandoned = [&isAbandoned] { return isAbandoned.load(); };
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
    isAbandoned = !wasAskedToStop;
}

} // namespace levi
