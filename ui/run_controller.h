// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job_queue.h"
#include "core/spec/experiment_spec.h"
#include "core/store/run_records.h"

#include <QFutureSynchronizer>
#include <QObject>
#include <QTimer>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace levi {

// A job of the queue as pages show it: a copy, renewed 10 times a second while anything runs.
struct JobStatus {
    JobId id = 0;
    std::string title, group, lane; // lane: the device
    JobState state = JobState::Queued;
    std::string message; // of the outcome
    Progress progress;
    std::optional<std::int64_t> run; // in the store, once it has begun
    std::vector<LossPoint> losses;   // the last 20,000
    std::vector<LogLine> lines;      // the last 1,000
    std::size_t lossPosition = 0, linePosition = 0;

    bool isEnded() const { return state >= JobState::Done; }
};

// Starts and stops runs. Owns the queue, whose lanes compute; looks into their mailboxes 10 times a second. Lives on
// the GUI thread. stop() and stopAll() return at once: expect jobEnded later. Destroying it waits for what runs.
class RunController : public QObject {
    Q_OBJECT

public:
    explicit RunController(std::filesystem::path storeFile, QObject* parent = nullptr);
    ~RunController() override;

    // A job a run, a group for those of one name that follow each other; a setting that has been started before goes
    // on in its group. A spec should have no problems: a run with some fails with its sentence. `study`: that they
    // belong to; "": none. `tuningTrials`: by tuningKey(), where they are known. Returns their jobs.
    std::vector<JobId> startList(const std::vector<ExperimentSpec>& runs, const std::string& study = {},
                                 const std::map<std::string, double>& tuningTrials = {});
    // The spec and its baselines at each seed: see packRuns().
    void startRuns(const ExperimentSpec& spec, const std::vector<std::uint64_t>& seeds, const std::string& study = {},
                   const std::vector<std::string>& without = {});
    void startAgain(const RunSummary& run); // of the store: its spec, seed and study; throws Error, the spec is broken
    void stop(JobId id);
    void stopGroup(const std::string& group);
    void stopAll();
    void forgetEnded();
    // In the background; ends with runDiscarded or discardFailed.
    void discardRun(std::int64_t run);

    const std::vector<JobStatus>& jobs() const { return m_jobs; } // in order of submission
    const JobStatus* job(JobId id) const;
    const JobStatus* jobOfRun(std::int64_t run) const;
    bool isBusy() const;

Q_SIGNALS:
    void jobsChanged(); // which jobs there are, or the state of one
    void progressed();  // progress, losses or lines
    void jobEnded(levi::JobId id);
    void becameIdle();
    void runDiscarded(std::int64_t run);
    void discardFailed(std::int64_t run, const QString& message);

private:
    void look();

    std::filesystem::path m_storeFile;
    std::vector<JobStatus> m_jobs;
    QTimer m_timer;
    std::int64_t m_groups = 0;
    std::map<std::string, std::string> m_groupOfSetting; // by cellKey(), paths as they are written
    QFutureSynchronizer<void> m_background;
    JobQueue m_queue; // last: joins its lanes first
};

} // namespace levi
