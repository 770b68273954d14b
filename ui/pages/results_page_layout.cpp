// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/results_model.h"
#include "ui/pages/results_figures.h"
#include "ui/pages/results_page.h"
#include "ui/results_choice.h"
#include "ui/theme.h"
#include "ui/widgets/question_bar.h"
#include "ui/widgets/results_tree.h"
#include "ui/widgets/table_browser.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QScrollArea>
#include <QShortcut>
#include <QSplitter>
#include <QTabWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace levi {

QWidget* ResultsPage::makePickers() {
    m_question = new QuestionBar(context().choice);
    m_data = new QComboBox;
    m_data->setObjectName(QStringLiteral("results_data"));
    m_data->setToolTip(tr("Shows the settings that were tried on these data; reports are of all"));
    m_data->setMaximumWidth(160);
    m_dataLabel = new QLabel(tr("&data"));
    m_dataLabel->setBuddy(m_data);
    connect(m_data, &QComboBox::activated, this, [this] {
        ResultsQuestion question = context().choice.question();
        question.data = m_data->currentData().toString().toStdString();
        context().choice.ask(question);
    });
    m_search = new QLineEdit;
    m_search->setObjectName(QStringLiteral("results_search"));
    m_search->setPlaceholderText(tr("Filter"));
    m_search->setClearButtonEnabled(true);
    m_search->setToolTip(tr("Shows the settings whose names contain this text, in table and figures (Ctrl+F)"));
    m_search->setMaximumWidth(220);
    m_count = new QLabel;
    m_count->setProperty("role", "muted");
    m_count->setToolTip(tr("Seeds a setting"));
    m_count->setObjectName(QStringLiteral("results_count"));
    auto* costs = new QToolButton;
    costs->setObjectName(QStringLiteral("costs"));
    costs->setText(tr("&Costs"));
    costs->setCheckable(true);
    costs->setToolTip(tr("Parameters, tuning trials, FLOPs, time, memory and latency behind the figures"));
    connect(costs, &QToolButton::toggled, &context().choice, &ResultsChoice::showCosts);
    fillExportMenu();
    auto* pickers = new QWidget;
    auto* row = new QHBoxLayout(pickers);
    row->setContentsMargins({});
    row->setSpacing(kGrid);
    row->addWidget(m_question);
    row->addWidget(m_dataLabel);
    row->addWidget(m_data);
    row->addWidget(m_count);
    row->addStretch(1);
    row->addWidget(m_search);
    row->addWidget(costs);
    row->addWidget(m_export);
    connect(m_search, &QLineEdit::textChanged, m_filter, &ResultsFilter::setText);
    connect(m_search, &QLineEdit::textChanged, this, [this] {
        if (m_view) QMetaObject::invokeMethod(this, &ResultsPage::showFigures, Qt::QueuedConnection);
    });
    auto* find = new QShortcut(QKeySequence::Find, this);
    connect(find, &QShortcut::activated, m_search, [this] { m_search->setFocus(Qt::ShortcutFocusReason); });
    return pickers;
}

QWidget* ResultsPage::makeTable() {
    m_tree = new ResultsTree(m_filter);
    m_tree->setObjectName(QStringLiteral("results"));
    m_tree->setAccessibleName(tr("Settings and their results"));
    m_notes = new QLabel;
    m_notes->setProperty("role", "muted");
    m_notes->setWordWrap(true);
    m_notes->setTextFormat(Qt::PlainText);
    m_sentence = new QLabel;
    m_sentence->setWordWrap(true);
    m_sentence->setTextFormat(Qt::PlainText);
    m_sentence->setObjectName(QStringLiteral("results_sentence"));
    m_sentence->hide();
    auto* holder = new QWidget;
    auto* layout = new QVBoxLayout(holder);
    layout->setContentsMargins({});
    layout->setSpacing(kGrid / 2);
    layout->addWidget(m_tree, 1);
    layout->addWidget(m_notes);
    layout->addWidget(m_sentence);
    return holder;
}

QWidget* ResultsPage::makeDifferences() {
    m_differences = new DifferencePlot;
    m_baseline = new QComboBox;
    m_baseline->setObjectName(QStringLiteral("baseline"));
    m_baseline->setToolTip(tr("The setting that others are compared with, seed by seed"));
    m_baseline->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_baseline->setMinimumContentsLength(30);
    connect(m_baseline, &QComboBox::activated, this, [this] {
        ResultsQuestion question = context().choice.question();
        question.baseline = m_baseline->currentData().toString().toStdString();
        context().choice.ask(question);
    });
    auto* row = new QHBoxLayout;
    row->addWidget(new QLabel(tr("each setting minus")));
    row->addWidget(m_baseline);
    row->addWidget(new QLabel(tr("exact sign-flip test, paired by seed")), 1);
    auto* holder = new QWidget;
    auto* layout = new QVBoxLayout(holder);
    layout->setSpacing(kGrid);
    layout->addLayout(row);
    layout->addWidget(m_differences, 1);
    return holder;
}

QWidget* ResultsPage::makeWhatDiffers() {
    m_differs = new QLabel;
    m_differs->setObjectName(QStringLiteral("what_differs"));
    m_differs->setWordWrap(true);
    m_differs->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_differs->setTextFormat(Qt::RichText);
    m_differs->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_differs->setMargin(kGrid);
    auto* scroll = new QScrollArea;
    scroll->setWidget(m_differs);
    scroll->setWidgetResizable(true);
    scroll->setMinimumWidth(180);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    return scroll;
}

QWidget* ResultsPage::makeFigures() {
    m_idOod = new IdOodPlot;
    m_domains = new DomainPlot;
    m_figures = new QTabWidget;
    m_figures->setObjectName(QStringLiteral("figures"));
    m_figures->setDocumentMode(true);
    m_figures->addTab(m_idOod, tr("ID vs OOD"));
    m_figures->addTab(m_domains, tr("Domains"));
    m_figures->addTab(makeDifferences(), tr("Differences"));
    m_tables = new TableBrowser;
    m_figures->addTab(m_tables, tr("More tables"));
    auto* split = new QSplitter(Qt::Horizontal);
    split->setChildrenCollapsible(false);
    split->addWidget(m_figures);
    split->addWidget(makeWhatDiffers());
    split->setStretchFactor(0, 1);
    split->setSizes({760, 260});
    return split;
}

} // namespace levi
