// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/job_queue.h"
#include "core/jobs/sweep_runs.h"

#include <QFutureSynchronizer>
#include <QObject>
#include <QString>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace levi {

class RunController;

// A list of settings from a file: reads it, tells what it would run, runs it, one round of halving after the other.
// Reading, the engine and the store are asked in the background. Lives on the GUI thread; waits for what is being asked
// when it goes.
class SweepController : public QObject {
    Q_OBJECT

public:
    SweepController(std::filesystem::path storeFile, RunController& runs, QObject* parent = nullptr);
    ~SweepController() override;

    void open(const std::filesystem::path& file); // ends with opened or openFailed
    // Of what was opened last, as a start in the study would find it; "": in none. Ends with previewed, previewFailed
    // or dropPreview().
    void preview(const std::vector<std::uint64_t>& seeds, const std::string& study);
    void dropPreview();
    // Of what was opened last. Ends with started, nothingLeft, startFailed or cancel(). Not while isGoing().
    void start(const std::vector<std::uint64_t>& seeds, const std::string& study);
    void cancel();        // the preview, and a start that has not been answered; nothing that runs
    bool isGoing() const; // a start is being answered, or rounds are to come

Q_SIGNALS:
    void opened(const QString& name, const std::vector<std::uint64_t>& seeds);
    void openFailed(const QString& message);
    void previewed(const levi::SweepPreview& preview);
    void previewFailed(const QString& message);
    void started();
    void nothingLeft(); // all runs are there
    void startFailed(const QString& message);
    void ended(const QString& message); // rounds were to come, and none comes: why

private:
    struct Going {
        int number = 0; // of the start
        Sweep sweep;
        std::string study;
        TriedRuns tried;
        std::set<JobId> jobs; // of its rounds so far
        bool isAsking = false;
    };

    void lookForStops();
    void goOn();
    void take(const SweepRuns& runs);
    void takeFailure(const QString& message);

    std::filesystem::path m_storeFile;
    RunController& m_runs;
    std::optional<Sweep> m_sweep; // that was opened last
    std::optional<Going> m_going;
    int m_starts = 0;
    std::stop_source m_stop, m_stopPreview, m_stopOpening;
    QFutureSynchronizer<void> m_background;
};

} // namespace levi
