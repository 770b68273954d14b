// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/named_study_form.h"

#include "core/base/error.h"
#include "core/base/numbers.h"
#include "ui/models/queue_rows.h"
#include "ui/theme.h"
#include "ui/widgets/study_form.h"
#include "ui/words.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QShortcut>
#include <QVBoxLayout>

#include <filesystem>
#include <numeric>
#include <system_error>

namespace levi {
namespace {

bool hasGroups(const SpecInsight& insight) {
    if (!insight.data.value)
        throw Error("what each method costs depends on the data, and they are not read yet: see the list of problems");
    for (const RoleInfo& role : insight.data.value->roles)
        if (role.role == "train") return role.rowsPerDomain.size() > 1;
    return false;
}

NamedStudy studyOf(NamedStudyKind kind, const ExperimentSpec& spec, const SpecInsight& insight) {
    if (kind == NamedStudyKind::Premise) {
        NamedStudy study = premiseStudy();
        std::error_code none; // its paths are resources, so that a folder which is gone does not matter
        study.sweep.folder = std::filesystem::current_path(none);
        return study;
    }
    if (kind == NamedStudyKind::Efficiency) return efficiencyStudy(spec, hasGroups(insight));
    if (!insight.backbone.value || !insight.backbone.value->usable())
        throw Error("which layers there are is not known: the spec names no backbone that can be used");
    return ablationStudy(spec, static_cast<int>(insight.backbone.value->depth));
}

std::vector<std::uint64_t> firstSeeds(std::int64_t count) {
    std::vector<std::uint64_t> seeds(static_cast<std::size_t>(count));
    std::iota(seeds.begin(), seeds.end(), std::uint64_t{0});
    return seeds;
}

} // namespace

QString titleOf(NamedStudyKind kind) {
    switch (kind) {
    case NamedStudyKind::Premise:
        return NamedStudyForm::tr("premise, on the demo worlds…");
    case NamedStudyKind::Ablation:
        return NamedStudyForm::tr("ablation of this spec…");
    case NamedStudyKind::Efficiency:
        break;
    }
    return NamedStudyForm::tr("efficiency of this spec…");
}

NamedStudyForm::NamedStudyForm(QWidget* parent)
    : QFrame(parent), m_question(new QLabel), m_runs(new QLabel), m_sentence(new QLabel) {
    setProperty("role", "card");
    setObjectName(QStringLiteral("named_study_form"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(2 * kGrid, kGrid, 2 * kGrid, kGrid);
    layout->setSpacing(kGrid);
    m_question->setProperty("role", "muted");
    m_sentence->setProperty("role", "error");
    m_sentence->setObjectName(QStringLiteral("named_study_sentence"));
    m_runs->setObjectName(QStringLiteral("named_study_runs"));
    for (QLabel* label : {m_question, m_runs, m_sentence}) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
    }
    layout->addWidget(m_question);
    layout->addLayout(makeLine());
    layout->addWidget(m_runs);
    layout->addWidget(m_sentence);
    for (QLineEdit* line : {m_name, m_seeds, m_margin})
        connect(line, &QLineEdit::returnPressed, this, &NamedStudyForm::state);
    connect(m_seeds, &QLineEdit::textChanged, this, &NamedStudyForm::showRuns);
    auto* escape = new QShortcut(QKeySequence(Qt::Key_Escape), this);
    escape->setContext(Qt::WidgetWithChildrenShortcut);
    connect(escape, &QShortcut::activated, this, &NamedStudyForm::close);
    hide();
}

QHBoxLayout* NamedStudyForm::makeLine() {
    auto* line = new QHBoxLayout;
    m_name = addLine(line, QStringLiteral("named_study_name"), tr("Study"), tr("Of the study in the store"));
    m_name->setFixedWidth(180);
    m_seeds =
        addLine(line, QStringLiteral("named_study_seeds"), tr("Seeds"), tr("As many as its comparisons need, or more"));
    m_seeds->setFixedWidth(96);
    m_margin = addLine(line, QStringLiteral("named_study_margin"), tr("equal within"),
                       tr("Differences within it are practically nothing; leave it empty where none is"));
    m_margin->setFixedWidth(56);
    m_sealed = new QCheckBox(tr("S&ealed"));
    m_sealed->setObjectName(QStringLiteral("named_study_sealed"));
    m_sealed->setToolTip(tr("No test figure of its runs is shown until it is unsealed, with a reason"));
    m_state = new QPushButton(tr("State it and start"));
    m_state->setObjectName(QStringLiteral("named_study_state"));
    auto* cancel = new QPushButton(tr("Cancel"));
    cancel->setObjectName(QStringLiteral("named_study_cancel"));
    line->addWidget(m_sealed);
    line->addStretch(1);
    line->addWidget(m_state);
    line->addWidget(cancel);
    connect(m_state, &QPushButton::clicked, this, &NamedStudyForm::state);
    connect(cancel, &QPushButton::clicked, this, &NamedStudyForm::close);
    return line;
}

void NamedStudyForm::open(NamedStudyKind kind, const ExperimentSpec& spec, const SpecInsight& insight) {
    m_offered.reset();
    showSentence({});
    try {
        offer(studyOf(kind, spec, insight));
    } catch (const Error& error) {
        m_question->setText(titleOf(kind));
        m_runs->clear();
        showSentence(QString::fromUtf8(error.what()));
    }
    m_state->setEnabled(m_offered.has_value());
    show();
    (m_offered ? static_cast<QWidget*>(m_name) : findChild<QWidget*>(QStringLiteral("named_study_cancel")))
        ->setFocus(Qt::OtherFocusReason);
}

void NamedStudyForm::offer(const NamedStudy& study) {
    const SweepList list = listOf(study.sweep);
    if (!list.problems.empty()) throw Error("{}: {}", list.problems.front().path, list.problems.front().message);
    m_offered = study;
    m_settings = list.settings;
    m_question->setText(cleanText(study.plan.question));
    m_name->setText(QString::fromStdString(study.plan.name));
    m_seeds->setText(QString::fromStdString(seedsText(firstSeeds(seedsNeeded(study.plan)))));
    m_margin->clear();
    showRuns();
}

void NamedStudyForm::showRuns() {
    if (!m_offered) return;
    try {
        const auto seeds = parseSeeds(m_seeds->text().toStdString());
        const auto needed = static_cast<std::size_t>(seedsNeeded(m_offered->plan));
        QString text = tr("%1 settings × %2 = %3; those that are done are not run again.")
                           .arg(m_settings)
                           .arg(counted(static_cast<std::int64_t>(seeds.size()), tr("seed"), tr("seeds")),
                                counted(static_cast<std::int64_t>(m_settings * seeds.size()), tr("run"), tr("runs")));
        if (seeds.size() < needed)
            text +=
                QLatin1Char(' ') + tr("Its comparisons need %1 seeds before any difference can be shown.").arg(needed);
        for (const std::string& sentence : m_offered->leftOut)
            text += QLatin1Char('\n') + tr("Left out: %1").arg(QString::fromStdString(sentence));
        m_runs->setText(text);
    } catch (const Error& error) {
        m_runs->setText(QString::fromUtf8(error.what()));
    }
}

void NamedStudyForm::close() {
    Q_EMIT closed(); // which takes the keyboard along, before it goes to whatever comes next
    hide();
}

void NamedStudyForm::showSentence(const QString& sentence) {
    m_sentence->setText(sentence);
    m_sentence->setVisible(!sentence.isEmpty());
    m_state->setEnabled(m_offered.has_value());
}

void NamedStudyForm::state() {
    if (!m_offered) return;
    try {
        NamedStudy study = *m_offered;
        study.plan.name = m_name->text().trimmed().toStdString();
        if (study.plan.name.empty()) throw Error("a study needs a name");
        study.plan.seeds = parseSeeds(m_seeds->text().toStdString());
        study.sweep.seeds = study.plan.seeds;
        study.plan.margin = marginFromText(m_margin->text(), study.plan.metric);
        showSentence({});
        m_state->setEnabled(false); // until the store has answered
        Q_EMIT stated(study, m_sealed->isChecked());
    } catch (const Error& error) {
        showSentence(QString::fromUtf8(error.what()));
    }
}

} // namespace levi
