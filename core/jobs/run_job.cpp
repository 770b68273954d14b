// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/run_job.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/log.h"
#include "core/jobs/engine.h"
#include "core/jobs/engine_loader.h"
#include "core/jobs/parent_costs.h"
#include "core/jobs/parents.h"
#include "core/jobs/run_recorder.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace levi {
namespace {

namespace fs = std::filesystem;

JobOutcome outcomeOf(const RunSummary& run) {
    if (run.state == RunState::Done) return {JobState::Done, run.message};
    return {run.state == RunState::Cancelled ? JobState::Cancelled : JobState::Failed, run.message};
}

class RunJob final : public Job {
public:
    RunJob(ExperimentSpec spec, RunJobOptions options) : m_spec(std::move(spec)), m_options(std::move(options)) {}

    std::string title() const override { return fmt::format("{}, seed {}", runName(m_spec), m_spec.seed); }
    std::string group() const override { return m_options.group; }
    std::string lane() const override { return m_spec.compute.device; }

    JobOutcome run(Mailbox& mailbox, std::stop_token stop) override {
        RunStore store(m_options.storeFile);
        const std::int64_t run = record(store, mailbox, stop);
        const auto summary = store.run(run);
        if (!summary) return {JobState::Failed, fmt::format("run {} was discarded while it ended", run)};
        if (m_options.onEnded) m_options.onEnded(*summary);
        return outcomeOf(*summary);
    }

private:
    // The run's id. Whatever goes wrong once the run has begun becomes its message.
    std::int64_t record(RunStore& store, Mailbox& mailbox, const std::stop_token& stop) const {
        std::vector<RunSummary> parents;
        std::string problem = problemsText(validate(m_spec));
        try {
            if (problem.empty()) parents = findParents(store, parentWishes(m_spec));
        } catch (const Error& error) {
            problem = error.what();
        }
        RunRecorder recorder(
            store, mailbox, {.spec = m_spec, .parents = parents, .study = m_options.study, .atOnce = m_options.atOnce});
        try {
            if (!problem.empty()) throw Error(problem);
            recorder.end(withReason(compute(store, recorder, parents, stop)));
        } catch (const std::exception& error) {
            recorder.fail(error.what());
        }
        std::error_code ignored;
        fs::remove(store.artifactFolder() / artifactFolderOf(recorder.run()), ignored); // only where it is empty
        return recorder.run();
    }

    RunResult compute(RunStore& store, RunRecorder& recorder, const std::vector<RunSummary>& parents,
                      const std::stop_token& stop) const {
        RunRequest request{.spec = m_spec,
                           .useCache = m_options.useCache,
                           .cacheFolder = m_options.cacheFolder.empty() ? cacheHome() : m_options.cacheFolder,
                           .artifactFolder = store.artifactFolder() / artifactFolderOf(recorder.run()),
                           .parents = parentRuns(store, m_spec, parents)};
        fs::create_directories(request.artifactFolder);
        RunResult result = engine().run(request, recorder, stop);
        if (!m_spec.method.kind().method.isDerived) result.efficiency.tuningTrials = m_options.tuningTrials.value_or(1);
        addParentCosts(result, m_spec, parents);
        return result;
    }

    RunResult withReason(RunResult result) const {
        if (result.state != RunState::Cancelled || !m_options.isAbandoned || !m_options.isAbandoned()) return result;
        result.state = RunState::Interrupted;
        result.message = "The program that started it is gone.";
        return result;
    }

    ExperimentSpec m_spec;
    RunJobOptions m_options;
};

} // namespace

std::unique_ptr<Job> makeRunJob(ExperimentSpec spec, RunJobOptions options) {
    return std::make_unique<RunJob>(std::move(spec), std::move(options));
}

} // namespace levi
