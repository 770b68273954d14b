// SPDX-License-Identifier: Apache-2.0
#include "app/run_batch.h"

#include "app/interrupt.h"
#include "app/progress_line.h"
#include "app/run_json.h"
#include "app/verbs.h"
#include "core/base/log.h"
#include "core/base/numbers.h"
#include "core/jobs/job_queue.h"
#include "core/jobs/run_job.h"
#include "core/jobs/worker.h"
#include "core/report/escape.h"
#include "core/spec/sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <climits>
#include <cstdio>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace levi {
namespace {

constexpr std::chrono::milliseconds kLook{100};

// Runs that ended on their lanes and wait to be printed here.
class EndedRuns {
public:
    void add(const RunSummary& run) {
        const std::lock_guard lock(m_mutex);
        m_runs.push_back(run);
    }
    std::vector<RunSummary> take() {
        const std::lock_guard lock(m_mutex);
        return std::exchange(m_runs, {});
    }

private:
    std::mutex m_mutex;
    std::vector<RunSummary> m_runs;
};

std::string progressText(const Progress& progress) {
    if (progress.phase.empty()) return "starting";
    if (progress.total <= 0) return progress.phase;
    return fmt::format("{}, {} of {} {}", progress.phase, progress.done, progress.total, progress.unit);
}

bool isActive(const JobView& job) {
    return job.state == JobState::Running || job.state == JobState::Stopping;
}

ProgressLine::State stateOf(const std::vector<JobView>& jobs, std::size_t all) {
    ProgressLine::State state;
    double sum = 0;
    std::size_t number = 0, active = 0;
    for (const JobView& job : jobs) {
        ++number;
        if (job.state == JobState::Queued) continue;
        if (!isActive(job)) {
            sum += 1;
            continue;
        }
        const Progress progress = job.mailbox->look(SIZE_MAX, SIZE_MAX).progress;
        sum += std::clamp(progress.share, 0.0, 1.0);
        if (++active > 1) continue; // the oldest speaks
        state.what = fmt::format("{} ({} of {}): {}", job.title, number, all,
                                 job.state == JobState::Stopping ? "stopping" : progressText(progress));
        state.phase = fmt::format("{} {}", job.title, progress.phase);
        if (all == 1) state.secondsLeft = progress.secondsLeft;
    }
    if (active > 1) state.what += fmt::format(", and {} more", active - 1);
    state.share = all == 0 ? 1 : sum / static_cast<double>(all);
    return state;
}

std::vector<std::string> workerArguments() {
    if (log().level() > spdlog::level::info) return {kWorkerVerb};
    return {kWorkerVerb, "--verbose"};
}

std::int64_t threadsEach(int atOnce) {
    return std::max<std::int64_t>(1, std::thread::hardware_concurrency() / static_cast<unsigned>(atOnce));
}

// A job has no other way to be heard than here where its run never came into the store, or says something else.
int exitCodeOf(const std::vector<JobView>& jobs, const std::vector<RunSummary>& told) {
    int code = kDone;
    for (const JobView& job : jobs) {
        if (job.state == JobState::Failed) {
            code = kFailed;
            const auto id = job.mailbox->look().run.value_or(-1);
            const auto run = std::ranges::find(told, id, &RunSummary::id);
            if (run == told.end() || run->message != job.message)
                fmt::print(stderr, "levi: {}: {}\n", cleanLine(job.title), cleanBlock(job.message));
        } else if (job.state == JobState::Cancelled && code == kDone) {
            code = kCancelled;
        }
    }
    return code;
}

} // namespace

void printRun(const RunSummary& run, bool json) {
    if (json) return printJson(runJson(run));
    const std::string figures = run.state == RunState::Done ? testFiguresText(run) : run.message;
    fmt::print("run {}  {}, seed {}  {}  {}  {}\n", run.id, cleanLine(run.name), run.seed, nameOf(run.state),
               durationText(run.seconds), cleanLine(figures));
    std::fflush(stdout);
}

BatchResult runBatch(const std::vector<ExperimentSpec>& specs, const BatchOptions& options) {
    EndedRuns ended;
    BatchResult result;
    const int atOnce = std::clamp(static_cast<int>(std::min<std::size_t>(specs.size(), INT_MAX)), 1, options.atOnce);
    std::optional<WorkerPool> workers;
    if (atOnce > 1) workers.emplace(workerArguments());
    JobQueue queue(atOnce);
    const auto trialsOf = [&](const ExperimentSpec& spec) -> std::optional<double> {
        const auto found = options.tuningTrials.find(tuningKey(spec));
        return found == options.tuningTrials.end() ? std::nullopt : std::optional(found->second);
    };
    const auto submit = [&](ExperimentSpec spec) {
        RunJobOptions job{.storeFile = options.storeFile,
                          .useCache = options.useCache,
                          .group = "levi run",
                          .study = options.study,
                          .tuningTrials = trialsOf(spec),
                          .atOnce = atOnce,
                          .onEnded = [&](const RunSummary& run) { ended.add(run); }};
        if (workers && spec.compute.threads == 0) spec.compute.threads = threadsEach(atOnce);
        queue.submit(workers ? workers->job(std::move(spec), std::move(job))
                             : makeRunJob(std::move(spec), std::move(job)));
    };
    ProgressLine line;
    const auto report = [&] {
        for (RunSummary& run : ended.take()) {
            line.clear();
            printRun(run, options.json);
            result.runs.push_back(std::move(run));
        }
    };
    for (const bool derived : {false, true}) { // whose parents may be among the others
        for (const ExperimentSpec& spec : specs)
            if (spec.method.kind().method.isDerived == derived && interrupts() == 0) submit(spec);
        while (!queue.waitIdle(kLook)) {
            if (interrupts() > 0) queue.stopAll();
            report();
            line.show(stateOf(queue.jobs(), specs.size()));
        }
        report();
    }
    line.clear();
    result.exitCode = exitCodeOf(queue.jobs(), result.runs);
    return result;
}

} // namespace levi
