// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/jobs/sweep_runs.h"

#include <QFutureSynchronizer>
#include <QObject>
#include <QString>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace levi {

class RunController;

// A list of settings from a file: reads it, tells what it would run, runs it, one round of halving after the other.
// Reading, the engine and the store are asked in the background; each call ends with one of the signals. Lives on the
// GUI thread; waits for what is being asked when it goes.
class SweepController : public QObject {
    Q_OBJECT

public:
    SweepController(std::filesystem::path storeFile, RunController& runs, QObject* parent = nullptr);
    ~SweepController() override;

    void open(const std::filesystem::path& file);          // ends with opened or failed
    void preview(const std::vector<std::uint64_t>& seeds); // ends with previewed or failed; the latest call counts
    // Ends with started (one round; the next begins by itself when all of it has ended and nothing was stopped),
    // with allDone, or with failed. `study`: that the runs join; "": none.
    void start(const std::vector<std::uint64_t>& seeds, const std::string& study);

Q_SIGNALS:
    void opened(const QString& name, const std::vector<std::uint64_t>& seeds);
    void previewed(const levi::SweepPreview& preview);
    void started();
    void allDone();
    void failed(const QString& message);

private:
    void goOn();
    void take(const SweepRuns& runs);

    std::filesystem::path m_storeFile;
    RunController& m_runs;
    std::optional<Sweep> m_sweep; // that was read last
    struct Going {
        Sweep sweep;
        std::string study;
        TriedRuns tried;
        bool isBeginning = false; // the store is being asked
    };
    std::optional<Going> m_going; // with rounds to come
    std::stop_source m_stop, m_stopPreview;
    QFutureSynchronizer<void> m_background;
};

} // namespace levi
