// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/sweep_form.h"

#include "core/base/error.h"
#include "core/base/numbers.h"
#include "ui/models/queue_rows.h"
#include "ui/models/sweep_model.h"
#include "ui/theme.h"
#include "ui/widgets/study_form.h"
#include "ui/words.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QShortcut>
#include <QTableView>
#include <QVBoxLayout>

namespace levi {
namespace {

constexpr int kMostRowsShown = 7;
constexpr int kWaitMs = 300;

} // namespace

SweepForm::SweepForm(QWidget* parent)
    : QFrame(parent),
      m_model(new SweepModel(this)),
      m_title(new QLabel),
      m_notes(new QLabel),
      m_where(new QLabel),
      m_sentence(new QLabel),
      m_table(makeTable()) {
    setProperty("role", "card");
    setObjectName(QStringLiteral("sweep_form"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(2 * kGrid, kGrid, 2 * kGrid, kGrid);
    layout->setSpacing(kGrid);
    m_title->setObjectName(QStringLiteral("sweep_title"));
    m_notes->setObjectName(QStringLiteral("sweep_notes"));
    m_notes->setProperty("role", "muted");
    m_where->setObjectName(QStringLiteral("sweep_study"));
    m_where->setProperty("role", "muted");
    m_sentence->setObjectName(QStringLiteral("sweep_sentence"));
    m_sentence->setProperty("role", "error");
    for (QLabel* label : {m_title, m_notes, m_where, m_sentence})
        label->setTextFormat(Qt::PlainText);
    for (QLabel* label : {m_title, m_notes, m_sentence})
        label->setWordWrap(true);
    layout->addWidget(m_title);
    layout->addWidget(m_table);
    layout->addWidget(m_notes);
    layout->addWidget(m_sentence);
    layout->addLayout(makeLine());
    m_wait.setSingleShot(true);
    m_wait.setInterval(kWaitMs);
    connect(&m_wait, &QTimer::timeout, this, &SweepForm::ask);
    connect(m_seeds, &QLineEdit::textEdited, this, &SweepForm::await);
    connect(m_seeds, &QLineEdit::returnPressed, this, &SweepForm::start);
    auto* escape = new QShortcut(QKeySequence(Qt::Key_Escape), this);
    escape->setContext(Qt::WidgetWithChildrenShortcut);
    connect(escape, &QShortcut::activated, this, &SweepForm::close);
    hide();
}

QTableView* SweepForm::makeTable() {
    auto* table = new QTableView;
    table->setObjectName(QStringLiteral("sweep_table"));
    table->setAccessibleName(tr("Settings of the sweep"));
    table->setModel(m_model);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setShowGrid(false);
    table->setWordWrap(false);
    table->setTabKeyNavigation(false);
    table->verticalHeader()->hide();
    table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table->verticalHeader()->setDefaultSectionSize(table->fontMetrics().height() + 4);
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setMinimumSectionSize(9 * kGrid);
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    table->horizontalHeader()->setSectionResizeMode(SweepModel::Setting, QHeaderView::Stretch);
    return table;
}

QHBoxLayout* SweepForm::makeLine() {
    auto* line = new QHBoxLayout;
    m_seeds = addLine(line, QStringLiteral("sweep_seeds"), tr("Seeds"), tr("In the place of the file's"));
    m_seeds->setFixedWidth(96);
    m_start = new QPushButton(tr("Start"));
    m_start->setObjectName(QStringLiteral("sweep_start"));
    auto* cancel = new QPushButton(tr("Cancel"));
    cancel->setObjectName(QStringLiteral("sweep_cancel"));
    line->addWidget(m_where);
    line->addStretch(1);
    line->addWidget(m_start);
    line->addWidget(cancel);
    connect(m_start, &QPushButton::clicked, this, &SweepForm::start);
    connect(cancel, &QPushButton::clicked, this, &SweepForm::close);
    return line;
}

void SweepForm::open(const QString& name, const std::vector<std::uint64_t>& seeds, const std::string& study) {
    m_name = cleanText(name.toStdString());
    m_study = study;
    m_model->show({});
    m_title->setText(tr("%1: reading what it names…").arg(m_name));
    for (QWidget* widget : {static_cast<QWidget*>(m_notes), static_cast<QWidget*>(m_table)})
        widget->hide();
    m_seeds->setText(QString::fromStdString(seedsText(seeds)));
    m_start->setText(tr("Start"));
    show();
    m_seeds->setFocus(Qt::OtherFocusReason);
    ask();
}

void SweepForm::showStudy(const std::string& study) {
    if (study == m_study) return;
    m_study = study;
    if (isOpen()) ask();
}

void SweepForm::showPreview(const SweepPreview& preview) {
    m_model->show(preview);
    std::int64_t done = 0;
    QStringList notes;
    for (const SweepPreview::Row& row : preview.rows)
        done += row.done;
    for (const std::string& note : preview.notes)
        notes << QString::fromStdString(note);
    const std::int64_t left = static_cast<std::int64_t>(preview.runs) - done;
    m_title->setText(tr("%1: %2, %3; %4 done")
                         .arg(m_name,
                              counted(static_cast<std::int64_t>(preview.settings), tr("setting"), tr("settings")),
                              counted(static_cast<std::int64_t>(preview.runs), tr("run"), tr("runs")), grouped(done)));
    m_notes->setText(notes.join(QLatin1Char(' ')));
    m_notes->show();
    const int rows = std::min<int>(kMostRowsShown, static_cast<int>(preview.rows.size()));
    m_table->setFixedHeight(m_table->horizontalHeader()->sizeHint().height() +
                            rows * m_table->verticalHeader()->defaultSectionSize() + 2 * m_table->frameWidth());
    m_table->show();
    m_start->setText(left > 0 ? tr("Start %1").arg(counted(left, tr("run"), tr("runs"))) : tr("Go on"));
    showSentence({});
    m_start->setEnabled(true);
}

void SweepForm::showNoPreview(const QString& sentence) {
    m_title->setText(tr("%1: cannot be run as it is").arg(m_name));
    showSentence(sentence);
}

void SweepForm::refuse(const QString& sentence) {
    showSentence(sentence);
    m_start->setEnabled(true);
}

void SweepForm::showSentence(const QString& sentence) {
    m_sentence->setText(sentence);
    m_sentence->setVisible(!sentence.isEmpty());
}

// What stands there is of other seeds.
void SweepForm::await() {
    m_start->setEnabled(false);
    m_wait.start();
    Q_EMIT previewOutdated();
}

void SweepForm::ask() {
    m_start->setEnabled(false);
    m_where->setText(m_study.empty() ? tr("in no study (choose one below)")
                                     : tr("in the study “%1”").arg(cleanText(m_study)));
    try {
        const auto seeds = parseSeeds(m_seeds->text().toStdString());
        showSentence({});
        Q_EMIT previewWanted(seeds, m_study);
    } catch (const Error& error) {
        showSentence(QString::fromUtf8(error.what()));
    }
}

// What was previewed: only then the button can be pressed.
void SweepForm::start() {
    if (!m_start->isEnabled()) return;
    showSentence({});
    m_start->setEnabled(false); // until the store has answered
    Q_EMIT startWanted(parseSeeds(m_seeds->text().toStdString()), m_study);
}

void SweepForm::close() {
    m_wait.stop();
    Q_EMIT closed(); // which takes the keyboard along, before it goes to whatever comes next
    hide();
}

} // namespace levi
