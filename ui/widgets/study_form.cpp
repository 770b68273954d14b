// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/study_form.h"

#include "core/base/error.h"
#include "core/jobs/study_runs.h"
#include "core/report/metric_style.h"
#include "core/spec/data/target_options.h"
#include "ui/models/results_view.h"
#include "ui/spec_draft.h"
#include "ui/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QShortcut>
#include <QVBoxLayout>

namespace levi {
namespace {

constexpr double kPercent = 100;

// What the baselines of the draft would be compared as.
std::vector<StudyComparison> suggestedFamily(const SpecDraft& draft) {
    std::vector<StudyComparison> family;
    const auto settings = draft.settings();
    const auto nameOf = [](const ExperimentSpec& spec) {
        return spec.name.empty() ? spec.method.kind().label : spec.name;
    };
    for (std::size_t i = 1; i < settings.size(); ++i)
        family.push_back({nameOf(draft.spec()), nameOf(settings[i])});
    return family;
}

} // namespace

QLineEdit* addLine(QHBoxLayout* layout, const QString& name, const QString& label, const QString& toolTip) {
    auto* line = new QLineEdit;
    line->setObjectName(name);
    line->setToolTip(toolTip);
    auto* text = new QLabel(label);
    text->setBuddy(line);
    layout->addWidget(text);
    layout->addWidget(line);
    return line;
}

std::optional<double> marginFromText(const QString& text, const std::string& metric) {
    if (text.trimmed().isEmpty()) return std::nullopt;
    const MetricStyle style = metricStyle(metric);
    bool ok = false;
    const double margin = text.trimmed().toDouble(&ok);
    if (!ok || margin <= 0)
        throw Error("'{}': expected {} above 0, such as 0.5", text.toStdString(),
                    style.percent ? "percentage points" : "a difference in " + style.title);
    return style.percent ? margin / kPercent : margin;
}

std::vector<StudyComparison> comparisonsFromText(const QString& text) {
    static const QRegularExpression s_between(QStringLiteral("\\s+(against|vs\\.?)\\s+"));
    std::vector<StudyComparison> family;
    for (const QString& part : text.split(QLatin1Char(';'), Qt::SkipEmptyParts)) {
        if (part.trimmed().isEmpty()) continue;
        const QStringList sides = part.trimmed().split(s_between);
        if (sides.size() != 2 || sides[0].isEmpty() || sides[1].isEmpty())
            throw Error("'{}': expected CANDIDATE against BASELINE, several parted by a semicolon",
                        part.trimmed().toStdString());
        family.push_back({sides[0].toStdString(), sides[1].toStdString()});
    }
    return family;
}

QString comparisonsText(const std::vector<StudyComparison>& family) {
    QStringList parts;
    for (const StudyComparison& pair : family)
        parts << QStringLiteral("%1 against %2")
                     .arg(QString::fromStdString(pair.candidate), QString::fromStdString(pair.baseline));
    return parts.join(QStringLiteral("; "));
}

StudyForm::StudyForm(const SpecDraft& draft, QWidget* parent) : QFrame(parent), m_draft(draft) {
    setProperty("role", "card");
    setObjectName(QStringLiteral("study_form"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(2 * kGrid, kGrid, 2 * kGrid, kGrid);
    layout->setSpacing(kGrid);
    auto* heading = new QLabel(tr("A study says what it asks before its runs, and is not changed later. Its seeds are "
                                  "those beside “Seeds”."));
    heading->setProperty("role", "muted");
    heading->setWordWrap(true);
    layout->addWidget(heading);
    layout->addLayout(makeFirstLine());
    layout->addLayout(makeSecondLine());
    layout->addLayout(makeThirdLine());
    m_sentence = new QLabel;
    m_sentence->setProperty("role", "error");
    m_sentence->setWordWrap(true);
    m_sentence->setTextFormat(Qt::PlainText);
    m_sentence->setObjectName(QStringLiteral("study_sentence"));
    layout->addWidget(m_sentence);
    for (QLineEdit* line : {m_name, m_question, m_family, m_exploratory, m_margin})
        connect(line, &QLineEdit::returnPressed, this, &StudyForm::state);
    connect(&m_draft, &SpecDraft::changed, this, [this] {
        if (!isHidden()) showMetrics();
    });
    auto* escape = new QShortcut(QKeySequence(Qt::Key_Escape), this);
    escape->setContext(Qt::WidgetWithChildrenShortcut);
    connect(escape, &QShortcut::activated, this, &StudyForm::close);
    hide();
}

QHBoxLayout* StudyForm::makeFirstLine() {
    auto* line = new QHBoxLayout;
    m_name = addLine(line, QStringLiteral("study_name"), tr("Study"), tr("A short name"));
    m_name->setMaximumWidth(200);
    m_question = addLine(line, QStringLiteral("study_question"), tr("Question"), tr("What it shall answer"));
    m_rule = new QComboBox;
    m_rule->setObjectName(QStringLiteral("study_rule"));
    m_rule->setToolTip(tr("The rule that picks which epoch of each run counts"));
    for (const std::string& name : candidateRuleNames())
        m_rule->addItem(name == "id_val" ? ruleName(std::nullopt) : ruleName(candidateRuleNamed(name)),
                        QString::fromStdString(name));
    line->addWidget(new QLabel(tr("picked by")));
    line->addWidget(m_rule);
    return line;
}

QHBoxLayout* StudyForm::makeSecondLine() {
    auto* line = new QHBoxLayout;
    m_family = addLine(line, QStringLiteral("study_family"), tr("Comparisons"),
                       tr("Tested together: their p values are adjusted for one another"));
    m_family->setPlaceholderText(tr("LEVI against Linear probe; LEVI against LoRA"));
    m_endpoint = new QComboBox;
    m_endpoint->setObjectName(QStringLiteral("study_endpoint"));
    m_endpoint->setToolTip(
        tr("A test for every role that both settings have, or one on the unweighted mean over the OOD "
           "domains: fewer tests need fewer seeds"));
    m_endpoint->addItem(tr("in each test role"), static_cast<int>(Endpoint::EveryRole));
    m_endpoint->addItem(tr("on the mean over OOD domains"), static_cast<int>(Endpoint::OodMean));
    m_metric = new QComboBox;
    m_metric->setObjectName(QStringLiteral("study_metric"));
    m_metric->setToolTip(tr("The one figure that its comparisons are tested on"));
    connect(m_metric, &QComboBox::currentIndexChanged, this, &StudyForm::showUnit);
    line->addWidget(new QLabel(tr("judged by")));
    line->addWidget(m_metric);
    line->addWidget(m_endpoint);
    return line;
}

QHBoxLayout* StudyForm::makeThirdLine() {
    auto* line = new QHBoxLayout;
    m_exploratory = addLine(line, QStringLiteral("study_exploratory"), tr("Exploratory"),
                            tr("Comparisons that are shown and decide nothing: they do not count for the others"));
    m_exploratory->setPlaceholderText(tr("none"));
    m_margin = addLine(line, QStringLiteral("study_margin"), tr("equal within"),
                       tr("Differences within it are practically nothing; leave it empty where none is"));
    m_margin->setFixedWidth(56);
    m_marginUnit = new QLabel;
    line->addWidget(m_marginUnit);
    m_sealed = new QCheckBox(tr("&Sealed"));
    m_sealed->setObjectName(QStringLiteral("study_sealed"));
    m_sealed->setChecked(true);
    m_sealed->setToolTip(tr("No test figure of its runs is shown until it is unsealed, with a reason"));
    line->addWidget(m_sealed);
    m_state = new QPushButton(tr("State it"));
    m_state->setObjectName(QStringLiteral("study_state"));
    auto* cancel = new QPushButton(tr("Cancel"));
    cancel->setObjectName(QStringLiteral("study_cancel"));
    line->addWidget(m_state);
    line->addWidget(cancel);
    connect(m_state, &QPushButton::clicked, this, &StudyForm::state);
    connect(cancel, &QPushButton::clicked, this, &StudyForm::close);
    return line;
}

void StudyForm::open() {
    m_name->clear();
    m_exploratory->clear();
    m_metric->clear(); // the usual one, whatever was chosen last time
    showMetrics();
    m_family->setText(comparisonsText(suggestedFamily(m_draft)));
    m_family->setCursorPosition(0);
    showSentence({});
    show();
    m_name->setFocus(Qt::OtherFocusReason);
}

// That runs of the draft can have; what was chosen stays where it still can.
void StudyForm::showMetrics() {
    const std::string before = metric();
    m_metric->clear();
    for (const std::string& key : metricKeys())
        if (whyNoMetric(m_draft.spec(), key).empty())
            m_metric->addItem(QString::fromStdString(metricStyle(key).title), QString::fromStdString(key));
    int chosen = m_metric->findData(QString::fromStdString(before));
    if (chosen < 0) chosen = m_metric->findData(QString::fromStdString(usualMetricOf(m_draft.spec())));
    m_metric->setCurrentIndex(chosen);
    showUnit();
}

void StudyForm::showUnit() {
    const MetricStyle style = metricStyle(metric());
    m_marginUnit->setText(style.percent ? tr("points") : tr("of %1").arg(QString::fromStdString(style.title)));
}

std::string StudyForm::metric() const {
    return m_metric->currentData().toString().toStdString();
}

void StudyForm::close() {
    Q_EMIT closed(); // which takes the keyboard along, before it goes to whatever comes next
    hide();
}

void StudyForm::showSentence(const QString& sentence) {
    m_sentence->setText(sentence);
    m_sentence->setVisible(!sentence.isEmpty());
}

std::vector<StudyComparison> StudyForm::comparisons() const {
    auto all = comparisonsFromText(m_family->text());
    for (StudyComparison& other : comparisonsFromText(m_exploratory->text())) {
        other.isExploratory = true;
        all.push_back(std::move(other));
    }
    return all;
}

// What is no study is said below; the store has the last word (a name that is taken).
void StudyForm::state() {
    try {
        StudyPlan plan{.name = m_name->text().trimmed().toStdString(),
                       .question = m_question->text().trimmed().toStdString(),
                       .family = comparisons(),
                       .endpoint = static_cast<Endpoint>(m_endpoint->currentData().toInt()),
                       .metric = metric(),
                       .rule = candidateRuleNamed(m_rule->currentData().toString().toStdString()),
                       .seeds = m_draft.seeds(),
                       .margin = marginFromText(m_margin->text(), metric())};
        if (plan.name.empty()) throw Error("a study needs a name");
        showSentence({});
        Q_EMIT stated(plan, m_sealed->isChecked());
    } catch (const Error& error) {
        showSentence(QString::fromUtf8(error.what()));
    }
}

} // namespace levi
