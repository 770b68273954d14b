// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/question_bar.h"

#include "core/report/metric_style.h"
#include "ui/models/queue_rows.h"
#include "ui/results_choice.h"
#include "ui/theme.h"
#include "ui/widgets/picker.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>

#include <algorithm>
#include <array>

namespace levi {
namespace {

constexpr int kMostStudyWidth = 220, kMostNameWidth = 120;

// What can be shown of the seeds; an interquartile mean has no other spread.
constexpr std::array kStatistics = {
    SeedStatistic{.spread = Spread::TInterval},
    SeedStatistic{.spread = Spread::Bootstrap},
    SeedStatistic{.statistic = Statistic::InterquartileMean, .spread = Spread::Bootstrap},
    SeedStatistic{.spread = Spread::StandardDeviation},
    SeedStatistic{.spread = Spread::StandardError},
    SeedStatistic{.spread = Spread::DomainBedError}};

int placeOf(const ResultsQuestion& question) {
    const auto found = std::ranges::find_if(kStatistics, [&](const SeedStatistic& shown) {
        return shown.statistic == question.statistic && shown.spread == question.spread;
    });
    return static_cast<int>(found - kStatistics.begin());
}

std::optional<CandidateRule> ruleOf(const QString& key) {
    return key.isEmpty() ? std::nullopt : std::optional(candidateRuleNamed(key.toStdString()));
}

QString keyOf(const std::optional<CandidateRule>& rule) {
    return rule ? QString::fromStdString(nameOf(*rule)) : QString();
}

// What a run picks by itself is what this rule picks afterwards.
std::optional<CandidateRule> asAsked(CandidateRule rule) {
    return rule == CandidateRule::IdVal ? std::nullopt : std::optional(rule);
}

} // namespace

QuestionBar::QuestionBar(ResultsChoice& choice, QWidget* parent) : QWidget(parent), m_choice(choice) {
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(kGrid);
    m_study = addPicker(layout, QStringLiteral("study"), tr("s&tudy"), tr("Whose runs are shown, by its own rule"));
    m_metric = addPicker(layout, QStringLiteral("metric"), tr("&metric"), tr("What the table and the figures show"));
    m_rule = addPicker(layout, QStringLiteral("rule"), tr("picked &by"),
                       tr("The rule that picks which epoch of each run is shown. An oracle picks on test figures: such "
                          "numbers say what could be reached, not what a method reaches."));
    m_spread =
        addPicker(layout, QStringLiteral("spread"), QStringLiteral("±"),
                  tr("What stands behind ±, and the whiskers; IQM shows the mean of the middle half of the seeds"));
    m_study->setMaximumWidth(kMostStudyWidth);
    for (std::size_t i = 0; i < kStatistics.size(); ++i)
        m_spread->addItem(statisticName(kStatistics[i]), static_cast<int>(i));
    fillRules();
    showStudies({});
    connect(m_study, &QComboBox::activated, this, &QuestionBar::takeStudy);
    for (QComboBox* box : {m_metric, m_rule, m_spread})
        connect(box, &QComboBox::activated, this, &QuestionBar::takeRest);
    connect(&m_choice, &ResultsChoice::changed, this, &QuestionBar::showQuestion);
}

QComboBox* QuestionBar::addPicker(QHBoxLayout* layout, const QString& name, const QString& label,
                                  const QString& toolTip) {
    auto* box = new QComboBox;
    box->setObjectName(name);
    box->setToolTip(toolTip);
    box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    auto* text = new QLabel(label);
    text->setBuddy(box);
    layout->addWidget(text);
    layout->addWidget(box);
    if (name == QLatin1String("study")) m_studyLabel = text;
    return box;
}

void QuestionBar::fillRules() {
    m_rule->addItem(ruleName(std::nullopt), QString());
    for (const std::string& name : candidateRuleNames())
        if (const auto rule = asAsked(candidateRuleNamed(name))) m_rule->addItem(ruleName(rule), keyOf(rule));
    m_rule->setItemData(m_rule->findData(keyOf(CandidateRule::TrainingDomain)),
                        tr("DomainBed's training-domain validation: the best epoch by the mean over the training "
                           "domains, each counting as much as another"),
                        Qt::ToolTipRole);
    m_rule->setItemData(0,
                        tr("As each run picked for itself: the best epoch on the validation rows of its own "
                           "distribution"),
                        Qt::ToolTipRole);
}

// Without studies there is nothing to choose from. One that is asked for and gone is no longer asked for.
void QuestionBar::showStudies(const std::vector<StudyRecord>& studies) {
    m_studies = studies;
    std::vector<PickerEntry> entries = {{tr("all runs"), QString(), {}}};
    for (const StudyRecord& study : studies) {
        const QString whole = cleanText(study.plan.name);
        const QString name = m_study->fontMetrics().elidedText(whole, Qt::ElideMiddle, kMostNameWidth);
        entries.push_back({study.sealed ? tr("%1 (sealed)").arg(name) : name, QString::fromStdString(study.plan.name),
                           tr("%1: %2").arg(whole, cleanText(study.plan.question)).toHtmlEscaped()});
    }
    fillPicker(*m_study, entries);
    m_study->setVisible(!studies.empty());
    m_studyLabel->setVisible(!studies.empty());
    choose(*m_study, QString::fromStdString(m_choice.question().study));
}

void QuestionBar::showMetrics(const std::vector<std::string>& metrics) {
    std::vector<PickerEntry> entries;
    for (const std::string& metric : metrics)
        entries.push_back({cleanText(metricStyle(metric).title), QString::fromStdString(metric), {}});
    fillPicker(*m_metric, entries);
    showQuestion();
}

void QuestionBar::showQuestion() {
    const ResultsQuestion& question = m_choice.question();
    choose(*m_study, QString::fromStdString(question.study));
    choose(*m_metric, QString::fromStdString(question.metric));
    choose(*m_rule, keyOf(question.rule));
    choose(*m_spread, placeOf(question));
}

// A study brings the metric and the rule that it has stated.
void QuestionBar::takeStudy() {
    ResultsQuestion question = m_choice.question();
    question.study = m_study->currentData().toString().toStdString();
    const auto found =
        std::ranges::find_if(m_studies, [&](const StudyRecord& study) { return study.plan.name == question.study; });
    if (found != m_studies.end()) {
        question.metric = found->plan.metric;
        question.rule = asAsked(found->plan.rule);
    } else {
        question.rule.reset();
    }
    m_choice.ask(question);
}

void QuestionBar::takeRest() {
    ResultsQuestion question = m_choice.question();
    if (m_metric->currentIndex() >= 0) question.metric = m_metric->currentData().toString().toStdString();
    question.rule = ruleOf(m_rule->currentData().toString());
    const SeedStatistic& shown = kStatistics.at(static_cast<std::size_t>(m_spread->currentData().toInt()));
    question.statistic = shown.statistic;
    question.spread = shown.spread;
    m_choice.ask(question);
}

} // namespace levi
