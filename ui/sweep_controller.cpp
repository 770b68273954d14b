// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/sweep_controller.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/jobs/engine_loader.h"
#include "core/jobs/run_recorder.h"
#include "ui/background.h"
#include "ui/run_controller.h"

#include <exception>
#include <utility>

namespace levi {
namespace {

template<typename T>
struct Asked {
    std::optional<T> value;
    QString sentence; // why there is none
};

template<typename T, typename Ask>
Asked<T> asked(const Ask& ask) {
    try {
        return {ask(), {}};
    } catch (const std::exception& error) {
        return {std::nullopt, QString::fromUtf8(error.what())};
    }
}

Sweep readValid(const std::filesystem::path& file) {
    SweepRead read = readSweep(file);
    if (read.problems.empty()) return std::move(read.sweep);
    std::string all;
    for (const Problem& problem : read.problems)
        all += fmt::format("{}{}: {}: {}", all.empty() ? "" : "\n", file.filename().string(), problem.path,
                           problem.message);
    throw Error("{}", all);
}

} // namespace

SweepController::SweepController(std::filesystem::path storeFile, RunController& runs, QObject* parent)
    : QObject(parent), m_storeFile(std::move(storeFile)), m_runs(runs) {
    connect(&m_runs, &RunController::jobEnded, this, [this](JobId id) {
        const JobStatus* job = m_runs.job(id);
        if (job != nullptr && job->state == JobState::Cancelled) m_going.reset(); // stopped is stopped
    });
    connect(&m_runs, &RunController::becameIdle, this, &SweepController::goOn);
}

SweepController::~SweepController() {
    m_stop.request_stop();
    m_stopPreview.request_stop();
}

void SweepController::open(const std::filesystem::path& file) {
    const auto take = [this, file](const Asked<Sweep>& read) {
        if (!read.value) return Q_EMIT failed(read.sentence);
        m_sweep = read.value;
        Q_EMIT opened(QString::fromStdString(file.filename().string()), m_sweep->seeds);
    };
    m_background.addFuture(QFuture<void>(inBackground(
        this, [file] { return asked<Sweep>([&] { return readValid(file); }); }, take)));
}

void SweepController::preview(const std::vector<std::uint64_t>& seeds) {
    if (!m_sweep) return;
    Sweep sweep = *m_sweep;
    sweep.seeds = seeds;
    m_stopPreview.request_stop();
    m_stopPreview = {};
    const auto work = [store = m_storeFile, sweep, stop = m_stopPreview.get_token()] {
        return asked<SweepPreview>([&] { return previewOf(RunStore(store), engine(), sweep, cacheHome(), stop); });
    };
    const auto take = [this, stop = m_stopPreview.get_token()](const Asked<SweepPreview>& preview) {
        if (stop.stop_requested()) return;
        if (preview.value)
            Q_EMIT previewed(*preview.value);
        else
            Q_EMIT failed(preview.sentence);
    };
    m_background.addFuture(QFuture<void>(inBackground(this, work, take)));
}

void SweepController::start(const std::vector<std::uint64_t>& seeds, const std::string& study) {
    if (!m_sweep) return;
    m_going = Going{.sweep = *m_sweep, .study = study, .tried = {}};
    m_going->sweep.seeds = seeds;
    goOn();
}

void SweepController::goOn() {
    if (!m_going || m_going->isBeginning) return;
    m_going->isBeginning = true;
    const auto work = [store = m_storeFile, going = *m_going, stop = m_stop.get_token()] {
        return asked<SweepRuns>([&] {
            RunStore opened(store);
            return beginSweep(opened, engine(), going.sweep, going.study, going.tried, stop);
        });
    };
    m_background.addFuture(QFuture<void>(inBackground(this, work, [this](const Asked<SweepRuns>& runs) {
        if (!m_going) return; // stopped meanwhile
        m_going->isBeginning = false;
        if (runs.value) return take(*runs.value);
        m_going.reset();
        Q_EMIT failed(runs.sentence);
    })));
}

void SweepController::take(const SweepRuns& runs) {
    if (runs.pending.empty()) {
        m_going.reset();
        return Q_EMIT allDone();
    }
    for (const ExperimentSpec& spec : runs.pending)
        m_going->tried.emplace(runName(spec), spec.seed);
    const std::string study = m_going->study;
    if (runs.round + 1 == runs.rounds) m_going.reset();
    m_runs.startList(runs.pending, study, runs.tuningTrials);
    Q_EMIT started();
}

} // namespace levi
