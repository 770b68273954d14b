// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs_panel.h"

#include "core/base/numbers.h"
#include "core/report/metric_style.h"
#include "core/report/store_rows.h"
#include "ui/icons.h"
#include "ui/pages/runs_curves.h"
#include "ui/run_controller.h"
#include "ui/theme.h"
#include "ui/widgets/log_view.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QShortcut>
#include <QSplitter>
#include <QVBoxLayout>

namespace levi {
namespace {

QPushButton* actionButton(const QString& name, const QString& text, const QString& iconName) {
    auto* button = new QPushButton(icon(iconName), text);
    button->setObjectName(name);
    button->setAutoDefault(true);
    return button;
}

QString progressText(const QueueItem& item, const Progress& progress) {
    QStringList parts{cleanText(progress.phase)};
    if (progress.total > 0)
        parts << RunPanel::tr("%1 of %2 %3").arg(progress.done).arg(progress.total).arg(cleanText(progress.unit));
    if (item.secondsLeft) parts << RunPanel::tr("%1 left").arg(QString::fromStdString(durationText(*item.secondsLeft)));
    parts.removeAll(QString());
    return parts.join(QStringLiteral(", "));
}

// "done in 1:12, picked epoch 31, 0.41 M trained parameters, 0.9 GiB at its peak"
QString factsText(const QueueItem& item, const RunSummary* run) {
    QString state = stateText(item.state);
    if (!isActive(item.state) && item.seconds && *item.seconds > 0)
        state = RunPanel::tr("%1 after %2").arg(state, QString::fromStdString(durationText(*item.seconds)));
    QStringList facts{state};
    if (!item.lane.isEmpty() && isActive(item.state)) facts << RunPanel::tr("on %1").arg(item.lane);
    if (run && run->trainableParameters > 0)
        facts << RunPanel::tr("%1 trained parameters")
                     .arg(QString::fromStdString(countText(static_cast<double>(run->trainableParameters))));
    if (run && run->peakMemoryBytes > 0)
        facts << RunPanel::tr("%1 memory at its peak").arg(QString::fromStdString(bytesText(run->peakMemoryBytes)));
    if (run && run->state == RunState::Done && run->backboneSamples > 0)
        facts << RunPanel::tr("%L1 backbone passes").arg(run->backboneSamples);
    else if (run && run->state == RunState::Done && !item.isDerived && readsFrozenBackbone(*run))
        facts << RunPanel::tr("features from the cache");
    if (run && !run->cell.empty())
        facts << RunPanel::tr("run %1, setting %2").arg(run->id).arg(cleanText(run->cell.substr(0, 8)));
    if (!item.hasFiles) facts << RunPanel::tr("imported: figures only, no weights or predictions");
    if (run && !run->study.empty()) facts << RunPanel::tr("study %1").arg(cleanText(run->study));
    return facts.join(QStringLiteral("  ·  "));
}

} // namespace

RunPanel::RunPanel(QWidget* parent)
    : QWidget(parent), m_loss(new LossPlot), m_curves(new MetricPlot), m_log(new LogView) {
    auto* split = new QSplitter(Qt::Vertical);
    split->setChildrenCollapsible(false);
    split->addWidget(makePlots());
    split->addWidget(m_log);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(2 * kGrid, 0, 0, 0);
    layout->setSpacing(kGrid);
    layout->addWidget(makeHead());
    layout->addWidget(split, 1);
}

QWidget* RunPanel::makeHead() {
    auto* head = new QWidget;
    m_title = new QLabel;
    m_title->setFont(headingFont());
    m_title->setTextFormat(Qt::PlainText);
    m_title->setMinimumWidth(80);
    m_title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_title->setObjectName(QStringLiteral("run_title"));
    m_facts = new QLabel;
    m_facts->setTextFormat(Qt::PlainText);
    m_facts->setProperty("role", "muted");
    m_facts->setWordWrap(true);
    m_sentence = new QLabel;
    m_sentence->setTextFormat(Qt::PlainText);
    m_sentence->setProperty("role", "error");
    m_sentence->setWordWrap(true);
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_sentence->setObjectName(QStringLiteral("run_sentence"));
    m_sealed = new QLabel;
    m_sealed->setTextFormat(Qt::PlainText);
    m_sealed->setProperty("role", "warning");
    m_sealed->setWordWrap(true);
    m_sealed->setObjectName(QStringLiteral("run_sealed"));
    m_progress = new QProgressBar;
    m_progress->setRange(0, 1000);
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(kGrid);
    m_progressText = new QLabel;
    auto* top = new QHBoxLayout;
    top->addWidget(m_title, 1);
    top->addWidget(makeActions(), 0, Qt::AlignRight);
    auto* progress = new QHBoxLayout;
    progress->setSpacing(kGrid);
    progress->addWidget(m_progress, 1);
    progress->addWidget(m_progressText);
    auto* layout = new QVBoxLayout(head);
    layout->setContentsMargins({});
    layout->setSpacing(kGrid / 2);
    layout->addLayout(top);
    layout->addWidget(makeQuestion());
    layout->addWidget(m_facts);
    layout->addLayout(progress);
    layout->addWidget(m_sentence);
    layout->addWidget(m_sealed);
    return head;
}

QWidget* RunPanel::makeActions() {
    m_stop = actionButton(QStringLiteral("run_stop"), tr("&Stop"), QStringLiteral("stop"));
    m_stop->setToolTip(tr("Ends after the current batch and keeps what there is"));
    m_again = actionButton(QStringLiteral("run_again"), tr("A&gain"), QStringLiteral("again"));
    m_again->setToolTip(tr("Starts the same spec with the same seed"));
    m_copy = actionButton(QStringLiteral("run_copy"), tr("&Edit a copy"), QStringLiteral("copy"));
    m_copy->setToolTip(tr("Opens this run's spec on the page of setup"));
    m_discard = actionButton(QStringLiteral("run_discard"), tr("&Discard"), QStringLiteral("trash"));
    m_discard->setToolTip(tr("Removes the run, its log and its files from the store"));
    auto* buttons = new QWidget;
    auto* row = new QHBoxLayout(buttons);
    row->setContentsMargins({});
    row->setSpacing(kGrid);
    row->addStretch(1);
    for (QPushButton* button : {m_stop, m_again, m_copy, m_discard})
        row->addWidget(button);
    connect(m_stop, &QPushButton::clicked, this, &RunPanel::stopWanted);
    connect(m_again, &QPushButton::clicked, this, &RunPanel::againWanted);
    connect(m_copy, &QPushButton::clicked, this, &RunPanel::copyWanted);
    connect(m_discard, &QPushButton::clicked, this, &RunPanel::askToDiscard);
    return buttons;
}

QWidget* RunPanel::makeQuestion() {
    m_question = new QWidget;
    m_question->hide();
    auto* sentence = new QLabel(tr("Discard this run, its log and its files?"));
    m_discardYes = actionButton(QStringLiteral("run_discard_yes"), tr("&Discard it"), QStringLiteral("trash"));
    m_discardNo = actionButton(QStringLiteral("run_discard_no"), tr("&Keep it"), QStringLiteral("close"));
    auto* row = new QHBoxLayout(m_question);
    row->setContentsMargins({});
    row->setSpacing(kGrid);
    row->addStretch(1);
    row->addWidget(sentence);
    row->addWidget(m_discardYes);
    row->addWidget(m_discardNo);
    connect(m_discardNo, &QPushButton::clicked, this, [this] { m_question->hide(); });
    connect(m_discardYes, &QPushButton::clicked, this, [this] {
        m_question->hide();
        Q_EMIT discardWanted();
    });
    auto* escape = new QShortcut(QKeySequence(Qt::Key_Escape), m_question);
    escape->setContext(Qt::WidgetWithChildrenShortcut);
    connect(escape, &QShortcut::activated, m_discardNo, &QPushButton::click);
    return m_question;
}

QWidget* RunPanel::makePlots() {
    m_metric = new QComboBox;
    m_metric->setObjectName(QStringLiteral("run_metric"));
    m_metric->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_metric->setToolTip(tr("Which metric the curves show"));
    m_curves->setEmptyText(tr("Curves appear with the first evaluation."));
    const auto column = [](QLabel* heading, QWidget* beside, QWidget* plot) {
        auto* holder = new QWidget;
        auto* head = new QHBoxLayout;
        head->addWidget(heading, 1);
        if (beside) head->addWidget(beside);
        auto* layout = new QVBoxLayout(holder);
        layout->setContentsMargins({});
        layout->setSpacing(kGrid / 2);
        layout->addLayout(head);
        layout->addWidget(plot, 1);
        heading->setMinimumHeight(28);
        return holder;
    };
    auto* plots = new QSplitter(Qt::Horizontal);
    plots->setChildrenCollapsible(false);
    plots->addWidget(column(new QLabel(tr("Training loss")), nullptr, m_loss));
    plots->addWidget(column(new QLabel(tr("Each role; ID solid, OOD dashed")), m_metric, m_curves));
    plots->setStretchFactor(0, 2);
    plots->setStretchFactor(1, 3);
    connect(m_metric, &QComboBox::activated, this, [this] { showCurves(nullptr); });
    return plots;
}

void RunPanel::showRun(const QString& setting, const QueueItem& item, const JobStatus* job, const RunSummary* run) {
    if (item.key != m_item.key) {
        m_question->hide();
        m_sentence->clear();
        m_detail.reset();
        m_shownLosses = m_shownLines = 0;
        m_loss->setValues({});
        m_curves->setValues({});
        m_log->setLines({});
        m_loss->showAll();
        m_curves->showAll();
    }
    const std::int64_t picked = m_run ? m_run->pickedCandidate.value_or(0) : 0;
    // Known only once the run is in the store.
    const bool isOtherMethod = item.method != m_item.method || item.variant != m_item.variant;
    m_setting = setting;
    m_item = item;
    m_run = run ? std::optional(*run) : std::nullopt;
    if (isOtherMethod || (m_run && m_run->pickedCandidate.value_or(0) != picked)) showCurves(nullptr);
    m_loss->setEmptyText(isActive(item.state) ? tr("The loss appears with the first step of training.")
                         : item.isDerived     ? tr("Nothing was trained: this run combines other runs.")
                                              : tr("No loss was kept of this run."));
    m_log->setEmptyText(isActive(item.state) ? tr("The log begins with the run.")
                        : !item.hasFiles     ? tr("An imported run brings its figures, no log.")
                                             : tr("No log was kept of this run."));
    showHead();
    m_progressText->setText(job ? progressText(item, job->progress) : item.phase);
    showActions();
    if (job && job->lossPosition != m_shownLosses) {
        m_shownLosses = job->lossPosition;
        showCurves(job);
    }
    showLog(job);
}

QString RunPanel::title() const {
    return QStringLiteral("%1  ·  %2").arg(m_setting, m_item.title);
}

void RunPanel::fitTitle() {
    m_title->setText(m_title->fontMetrics().elidedText(title(), Qt::ElideMiddle, std::max(80, m_title->width())));
    m_title->setToolTip(title().toHtmlEscaped());
}

void RunPanel::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    QMetaObject::invokeMethod(this, &RunPanel::fitTitle, Qt::QueuedConnection); // once the layout is done
}

void RunPanel::showHead() {
    fitTitle();
    m_facts->setText(factsText(m_item, m_run ? &*m_run : nullptr));
    if (!m_item.message.isEmpty()) m_sentence->setText(m_item.message);
    m_sentence->setVisible(!m_sentence->text().isEmpty());
    m_sealed->setVisible(m_run && m_run->sealed);
    if (m_run && m_run->sealed)
        m_sealed->setText(
            m_run->study.empty()
                ? tr("A parent, or an equal run, belongs to a sealed study: curves of test roles are not drawn.")
                : tr("The study “%1” is sealed: curves of test roles are not drawn.").arg(cleanText(m_run->study)));
    m_progress->setVisible(isActive(m_item.state));
    m_progressText->setVisible(isActive(m_item.state));
    m_progress->setValue(static_cast<int>(m_item.share * 1000));
}

void RunPanel::showActions() {
    const bool active = isActive(m_item.state);
    m_stop->setVisible(active && m_item.job);
    m_stop->setEnabled(m_item.state != RowState::Stopping);
    m_again->setVisible(!active && m_run);
    m_copy->setVisible(m_run.has_value());
    m_discard->setVisible(!active && m_run);
}

void RunPanel::showSentence(const QString& sentence) {
    m_sentence->setText(sentence);
    m_sentence->setVisible(!sentence.isEmpty());
}

void RunPanel::askToDiscard() {
    if (m_discard->isHidden()) return;
    m_question->show();
    m_discardNo->setFocus(Qt::OtherFocusReason);
}

void RunPanel::showDetail(std::shared_ptr<const RunDetail> detail) {
    if (!detail || detail == m_detail || m_item.run != detail->run) return;
    m_detail = std::move(detail);
    const auto metrics = candidateMetrics(m_detail->candidates);
    if (metrics != m_metrics) {
        m_metrics = metrics;
        const QVariant before = m_metric->currentData();
        m_metric->clear();
        for (const std::string& metric : metrics)
            m_metric->addItem(QString::fromStdString(metricStyle(metric).title), QString::fromStdString(metric));
        m_metric->setCurrentIndex(std::max(0, m_metric->findData(before)));
    }
    showCurves(nullptr);
    if (!isActive(m_item.state) || !m_item.job) m_log->setLines(m_detail->log);
}

void RunPanel::showCurves(const JobStatus* job) {
    const std::vector<CandidateRecord> none;
    const auto& candidates = m_detail ? m_detail->candidates : none;
    if (job || m_shownLosses == 0) {
        LossValues losses{.runTitle = title(), .epochs = epochLosses(candidates)};
        if (job) losses.steps = job->losses;
        m_loss->setValues(std::move(losses));
    }
    if (job) return;
    const std::string metric = m_metric->currentData().toString().toStdString();
    MetricValues curves =
        metricCurves(candidates, m_run ? m_run->pickedCandidate : std::nullopt, metric.empty() ? "accuracy" : metric);
    curves.runTitle = title();
    curves.method = m_item.method;
    curves.variant = m_item.variant;
    m_curves->setValues(std::move(curves));
}

void RunPanel::showLog(const JobStatus* job) {
    if (!job || (!isActive(m_item.state) && m_detail) || job->linePosition == m_shownLines) return;
    m_shownLines = job->linePosition;
    m_log->setLines(job->lines, job->linePosition - job->lines.size());
}

} // namespace levi
