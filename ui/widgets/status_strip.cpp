// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/status_strip.h"

#include "core/base/numbers.h"
#include "ui/icons.h"
#include "ui/models/queue_rows.h"
#include "ui/results_choice.h"
#include "ui/run_controller.h"
#include "ui/store_reader.h"
#include "ui/theme.h"
#include "ui/words.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QToolButton>

#include <algorithm>

namespace levi {
namespace {

constexpr int kHeight = 32;
constexpr int kBarSteps = 1000;
constexpr int kMostTextWidth = 360; // of what came from a file or a spec: the window is not as wide as a name

QString timeLeft(const Progress& progress) {
    return progress.secondsLeft < 0 ? QString() : QString::fromStdString(durationText(progress.secondsLeft));
}

QString sealState(const StudyRecord& study) {
    if (study.sealed) return StatusStrip::tr("sealed");
    return study.unsealedUnixSeconds ? StatusStrip::tr("unsealed") : StatusStrip::tr("open");
}

} // namespace

StatusStrip::StatusStrip(StoreReader& store, RunController& runs, ResultsChoice& choice, QWidget* parent)
    : QFrame(parent),
      m_store(store),
      m_runs(runs),
      m_choice(choice),
      m_storeText(new QLabel),
      m_study(new QToolButton),
      m_lanesLayout(new QHBoxLayout) {
    setFixedHeight(kHeight);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(kGrid * 2, 0, kGrid, 0);
    layout->setSpacing(kGrid * 2);
    m_storeText->setTextFormat(Qt::PlainText);
    layout->addWidget(m_storeText);
    m_study->setObjectName(QStringLiteral("status_study"));
    m_study->setAutoRaise(true);
    m_study->setIcon(icon(QStringLiteral("lock")));
    layout->addWidget(m_study);
    layout->addStretch(1);
    layout->addLayout(m_lanesLayout);
    auto* lightness = new QToolButton;
    lightness->setIcon(icon(QStringLiteral("dark")));
    lightness->setAutoRaise(true);
    lightness->setAccessibleName(tr("Light or dark"));
    lightness->setToolTip(tr("Light or dark"));
    layout->addWidget(lightness);
    connect(lightness, &QToolButton::clicked, this, &StatusStrip::lightnessToggled);
    connect(m_study, &QToolButton::clicked, this, &StatusStrip::studyClicked);
    connect(&m_choice, &ResultsChoice::changed, this, &StatusStrip::showStudy);
    connect(&m_store, &StoreReader::snapshotRead, this, &StatusStrip::showStore);
    connect(&m_runs, &RunController::progressed, this, &StatusStrip::showLanes);
    showStore();
}

void StatusStrip::setSentence(const QString& sentence) {
    m_sentence = sentence;
    showStore();
}

void StatusStrip::showStore() {
    const auto& snapshot = *m_store.snapshot();
    const QString name = QString::fromStdString(m_store.file().filename().string());
    m_storeText->setToolTip(QString::fromStdString(m_store.file().string()));
    if (!m_sentence.isEmpty())
        m_storeText->setText(m_sentence);
    else if (!snapshot.problem.empty()) {
        const QString text = tr("%1 cannot be read: %2").arg(name, cleanText(snapshot.problem));
        m_storeText->setText(m_storeText->fontMetrics().elidedText(text, Qt::ElideRight, 2 * kMostTextWidth));
        m_storeText->setToolTip(text.toHtmlEscaped());
    } else
        m_storeText->setText(QStringLiteral("%1 · %2").arg(
            name, counted(static_cast<std::int64_t>(snapshot.runs.size()), tr("run"), tr("runs"))));
    showStudy();
}

// Of the study that is looked at; else how many there are, and how many of them are sealed.
void StatusStrip::showStudy() {
    const auto& studies = m_store.snapshot()->studies;
    const auto chosen = std::ranges::find_if(
        studies, [this](const StudyRecord& study) { return study.plan.name == m_choice.question().study; });
    const auto sealed = std::ranges::count_if(studies, &StudyRecord::sealed);
    QString text = tr("%1, %2 sealed")
                       .arg(counted(static_cast<std::int64_t>(studies.size()), tr("study"), tr("studies")))
                       .arg(sealed);
    bool isSealed = sealed > 0;
    if (chosen != studies.end()) {
        isSealed = chosen->sealed;
        text = tr("study: %1 (%2)").arg(cleanText(chosen->plan.name), sealState(*chosen));
    }
    m_study->setVisible(!studies.empty());
    m_study->setText(text);
    m_study->setToolButtonStyle(isSealed ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonTextOnly);
    m_study->setToolTip(isSealed ? tr("Test figures of sealed studies are shown nowhere") : tr("Show its results"));
}

StatusStrip::Lane StatusStrip::makeLane(const std::string& name) {
    Lane lane{new QToolButton, new QProgressBar, new QLabel};
    lane.text->setAutoRaise(true);
    lane.bar->setRange(0, kBarSteps);
    lane.bar->setTextVisible(false);
    lane.bar->setFixedSize(120, 8);
    for (QWidget* widget :
         {static_cast<QWidget*>(lane.text), static_cast<QWidget*>(lane.bar), static_cast<QWidget*>(lane.left)})
        m_lanesLayout->addWidget(widget, 0, Qt::AlignVCenter);
    connect(lane.text, &QToolButton::clicked, this, [this, name] {
        for (const JobStatus& job : m_runs.jobs())
            if (job.lane == name && !job.isEnded()) return Q_EMIT laneClicked(job.run);
        Q_EMIT laneClicked(std::nullopt);
    });
    return lane;
}

void StatusStrip::showLanes() {
    std::map<std::string, std::pair<const JobStatus*, std::size_t>> busy; // what runs, how many wait
    for (const JobStatus& job : m_runs.jobs()) {
        if (!m_lanes.contains(job.lane)) m_lanes[job.lane] = makeLane(job.lane);
        if (job.state == JobState::Queued) ++busy[job.lane].second;
        if (job.state == JobState::Running || job.state == JobState::Stopping) busy[job.lane].first = &job;
    }
    for (const auto& [name, lane] : m_lanes)
        showJob(lane, busy[name].first, busy[name].second);
}

void StatusStrip::showJob(const Lane& lane, const JobStatus* job, std::size_t waiting) {
    for (QWidget* widget :
         {static_cast<QWidget*>(lane.text), static_cast<QWidget*>(lane.bar), static_cast<QWidget*>(lane.left)})
        widget->setVisible(job != nullptr);
    if (!job) return;
    QString text = QStringLiteral("%1: %2").arg(QString::fromStdString(job->lane), QString::fromStdString(job->title));
    if (waiting > 0) text += tr(", %1 waiting").arg(waiting);
    if (job->state == JobState::Stopping) text = tr("%1: stopping…").arg(QString::fromStdString(job->title));
    lane.text->setText(lane.text->fontMetrics().elidedText(text, Qt::ElideMiddle, kMostTextWidth));
    lane.text->setToolTip(tr("Show this run: %1").arg(text).toHtmlEscaped());
    lane.bar->setValue(static_cast<int>(job->progress.share * kBarSteps));
    const QString left = timeLeft(job->progress);
    lane.left->setText(left.isEmpty() ? QString::fromStdString(job->progress.phase) : left);
    lane.left->setToolTip(left.isEmpty() ? QString() : tr("Time left of this run, estimated"));
}

} // namespace levi
