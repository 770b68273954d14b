// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/sweep_controller.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/jobs/engine_loader.h"
#include "core/jobs/run_recorder.h"
#include "ui/answer.h"
#include "ui/background.h"
#include "ui/run_controller.h"

#include <utility>

namespace levi {
namespace {

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
    connect(&m_runs, &RunController::jobsChanged, this, &SweepController::lookForStops);
    connect(&m_runs, &RunController::becameIdle, this, &SweepController::goOn);
}

SweepController::~SweepController() {
    for (std::stop_source* source : {&m_stop, &m_stopPreview, &m_stopOpening})
        source->request_stop();
}

void SweepController::open(const std::filesystem::path& file) {
    cancel();
    m_stopOpening.request_stop();
    m_stopOpening = {};
    const auto take = [this, file, stop = m_stopOpening.get_token()](const Answer<Sweep>& read) {
        if (stop.stop_requested()) return;
        if (!read.value) return Q_EMIT openFailed(read.message);
        m_sweep = *read.value;
        Q_EMIT opened(QString::fromStdString(file.filename().string()), m_sweep->seeds);
    };
    m_background.addFuture(QFuture<void>(inBackground(
        this, [file] { return answerOf<Sweep>([&] { return readValid(file); }); }, take)));
}

void SweepController::preview(const std::vector<std::uint64_t>& seeds, const std::string& study) {
    dropPreview();
    if (!m_sweep) return;
    Sweep sweep = *m_sweep;
    sweep.seeds = seeds;
    const auto work = [file = m_storeFile, sweep, study, stop = m_stopPreview.get_token()] {
        return answerOf<SweepPreview>(
            [&] { return previewOf(RunStore(file), engine(), sweep, study, cacheHome(), stop); });
    };
    const auto take = [this, stop = m_stopPreview.get_token()](const Answer<SweepPreview>& preview) {
        if (stop.stop_requested()) return;
        if (preview.value)
            Q_EMIT previewed(*preview.value);
        else
            Q_EMIT previewFailed(preview.message);
    };
    m_background.addFuture(QFuture<void>(inBackground(this, work, take)));
}

void SweepController::dropPreview() {
    m_stopPreview.request_stop();
    m_stopPreview = {};
}

void SweepController::start(const std::vector<std::uint64_t>& seeds, const std::string& study) {
    dropPreview();
    if (!m_sweep || isGoing()) return;
    m_going = Going{.number = ++m_starts, .sweep = *m_sweep, .study = study, .tried = {}, .jobs = {}};
    m_going->sweep.seeds = seeds;
    goOn();
}

void SweepController::cancel() {
    dropPreview();
    if (!m_going || !m_going->jobs.empty()) return;
    m_going.reset();
    m_stop.request_stop();
    m_stop = {};
}

bool SweepController::isGoing() const {
    return m_going.has_value();
}

// Whoever stops one of its runs stops the rounds to come.
void SweepController::lookForStops() {
    if (!m_going) return;
    for (const JobStatus& job : m_runs.jobs())
        if (m_going->jobs.contains(job.id) && (job.state == JobState::Stopping || job.state == JobState::Cancelled)) {
            m_going.reset();
            return Q_EMIT ended(
                tr("One of its runs was stopped, so no further round of the sweep begins; open it again to "
                   "go on."));
        }
}

void SweepController::goOn() {
    if (!m_going || m_going->isAsking) return;
    m_going->isAsking = true;
    const auto work = [file = m_storeFile, going = *m_going, stop = m_stop.get_token()] {
        return answerOf<SweepRuns>([&] {
            RunStore store(file);
            return beginSweep(store, engine(), going.sweep, going.study, going.tried, stop);
        });
    };
    const auto take = [this, number = m_going->number](const Answer<SweepRuns>& runs) {
        if (!m_going || m_going->number != number) return; // cancelled, or stopped
        m_going->isAsking = false;
        if (runs.value)
            this->take(*runs.value);
        else
            takeFailure(runs.message);
    };
    m_background.addFuture(QFuture<void>(inBackground(this, work, take)));
}

void SweepController::take(const SweepRuns& runs) {
    const bool isFirst = m_going->jobs.empty();
    if (runs.pending.empty()) {
        m_going.reset();
        if (isFirst) return Q_EMIT nothingLeft();
        if (runs.round + 1 < runs.rounds)
            Q_EMIT ended(tr("No setting of the sweep has a finished run in its round, so no further round begins."));
        return;
    }
    if (m_runs.isBusy()) return; // with runs of somebody else: asked again when they have ended
    for (const ExperimentSpec& spec : runs.pending)
        m_going->tried.emplace(runName(spec), spec.seed);
    const std::string study = m_going->study;
    const auto jobs = m_runs.startList(runs.pending, study, runs.tuningTrials);
    if (runs.round + 1 == runs.rounds)
        m_going.reset();
    else if (m_going)
        m_going->jobs.insert(jobs.begin(), jobs.end());
    if (isFirst) Q_EMIT started();
}

void SweepController::takeFailure(const QString& message) {
    const bool isFirst = m_going->jobs.empty();
    m_going.reset();
    if (isFirst)
        Q_EMIT startFailed(message);
    else
        Q_EMIT ended(tr("The sweep cannot go on: %1").arg(message));
}

} // namespace levi
