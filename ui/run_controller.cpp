// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/run_controller.h"

#include "core/jobs/run_job.h"
#include "core/spec/baseline_pack.h"
#include "core/spec/spec_hash.h"
#include "core/spec/spec_json.h"
#include "core/spec/sweep.h"
#include "ui/background.h"

#include <algorithm>

namespace levi {
namespace {

constexpr int kLookEveryMs = 100;
constexpr std::size_t kMostLosses = 20'000, kMostLines = 1'000;

template<typename T>
void appendBounded(std::vector<T>& all, std::vector<T>&& more, std::size_t most) {
    all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    if (all.size() > most) all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(most));
}

// Empty, or why the run is still there.
QString discardInStore(const std::filesystem::path& file, std::int64_t run) {
    try {
        RunStore(file).discardRun(run);
        return {};
    } catch (const std::exception& error) {
        return QString::fromUtf8(error.what());
    }
}

} // namespace

RunController::RunController(std::filesystem::path storeFile, QObject* parent)
    : QObject(parent), m_storeFile(std::move(storeFile)) {
    m_timer.setInterval(kLookEveryMs);
    connect(&m_timer, &QTimer::timeout, this, &RunController::look);
}

RunController::~RunController() = default;

std::vector<JobId> RunController::startList(const std::vector<ExperimentSpec>& runs, const std::string& study,
                                            const std::map<std::string, double>& tuningTrials) {
    std::vector<JobId> jobs;
    std::string name, fresh;
    for (const ExperimentSpec& run : runs) {
        const std::string& own = run.name.empty() ? run.method.kind().label : run.name;
        if (own != name) fresh.clear();
        name = own;
        const auto [group, isNew] = m_groupOfSetting.try_emplace(cellKey(run, {}));
        if (isNew && fresh.empty()) fresh = fmt::format("{} #{}", own, ++m_groups);
        if (isNew) group->second = fresh;
        RunJobOptions options{.storeFile = m_storeFile, .group = group->second, .study = study};
        if (const auto trials = tuningTrials.find(tuningKey(run)); trials != tuningTrials.end())
            options.tuningTrials = trials->second;
        jobs.push_back(m_queue.submit(makeRunJob(run, std::move(options))));
    }
    look();
    m_timer.start();
    return jobs;
}

void RunController::startRuns(const ExperimentSpec& spec, const std::vector<std::uint64_t>& seeds,
                              const std::string& study, const std::vector<std::string>& without) {
    startList(packRuns(spec, seeds, without), study);
}

void RunController::startAgain(const RunSummary& run) {
    startRuns(specFromText(run.specJson).spec, {run.seed}, run.study);
}

void RunController::stop(JobId id) {
    m_queue.stop(id);
    look();
}

void RunController::stopGroup(const std::string& group) {
    for (const JobStatus& job : m_jobs)
        if (job.group == group && !job.isEnded()) m_queue.stop(job.id);
    look();
}

void RunController::stopAll() {
    m_queue.stopAll();
    look();
}

void RunController::forgetEnded() {
    m_queue.forgetEnded();
    look();
}

void RunController::discardRun(std::int64_t run) {
    const auto take = [this, run](const QString& message) {
        if (message.isEmpty())
            Q_EMIT runDiscarded(run);
        else
            Q_EMIT discardFailed(run, message);
    };
    m_background.addFuture(QFuture<void>(inBackground(
        this, [file = m_storeFile, run] { return discardInStore(file, run); }, take)));
}

const JobStatus* RunController::job(JobId id) const {
    const auto found = std::ranges::find(m_jobs, id, &JobStatus::id);
    return found == m_jobs.end() ? nullptr : &*found;
}

const JobStatus* RunController::jobOfRun(std::int64_t run) const {
    const auto found = std::ranges::find(m_jobs, std::optional(run), &JobStatus::run);
    return found == m_jobs.end() ? nullptr : &*found;
}

bool RunController::isBusy() const {
    return std::ranges::any_of(m_jobs, [](const JobStatus& job) { return !job.isEnded(); });
}

void RunController::look() {
    const bool wasBusy = isBusy();
    std::vector<JobStatus> now;
    std::vector<JobId> ended;
    bool changed = false;
    for (const JobView& view : m_queue.jobs()) {
        const auto before = std::ranges::find(m_jobs, view.id, &JobStatus::id);
        const bool isNew = before == m_jobs.end();
        const bool wasEnded = !isNew && before->isEnded();
        changed |= isNew || before->state != view.state;
        JobStatus& status = now.emplace_back(isNew ? JobStatus{.id = view.id} : std::move(*before));
        status.title = view.title;
        status.group = view.group;
        status.lane = view.lane;
        status.state = view.state;
        status.message = view.message;
        if (wasEnded) continue;
        if (status.isEnded()) ended.push_back(view.id);
        auto news = view.mailbox->look(status.lossPosition, status.linePosition);
        changed |= status.run != news.run;
        status.progress = news.progress;
        status.run = news.run;
        status.lossPosition = news.lossPosition;
        status.linePosition = news.linePosition;
        appendBounded(status.losses, std::move(news.losses), kMostLosses);
        appendBounded(status.lines, std::move(news.lines), kMostLines);
    }
    changed |= now.size() != m_jobs.size();
    m_jobs = std::move(now);
    if (!isBusy()) m_timer.stop();
    if (changed) Q_EMIT jobsChanged();
    Q_EMIT progressed();
    for (const JobId id : ended)
        Q_EMIT jobEnded(id);
    if (wasBusy && !isBusy()) Q_EMIT becameIdle();
}

} // namespace levi
