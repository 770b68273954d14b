// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/results_page.h"

#include "ui/models/queue_rows.h"
#include "ui/models/results_model.h"
#include "ui/models/results_source.h"
#include "ui/pages/results_figures.h"
#include "ui/pages/what_differs.h"
#include "ui/results_choice.h"
#include "ui/store_reader.h"
#include "ui/study_controller.h"
#include "ui/theme.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/picker.h"
#include "ui/widgets/question_bar.h"
#include "ui/widgets/results_tree.h"
#include "ui/widgets/study_line.h"
#include "ui/widgets/table_browser.h"

#include <QLabel>
#include <QPushButton>
#include <QScopedValueRollback>
#include <QShortcut>
#include <QSplitter>
#include <QStackedLayout>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace levi {
namespace {

constexpr int kNoteLines = 3;
constexpr int kMostDataWidth = 300; // pixels; all of it in the tool tip

QString keyOf(const CellView& cell) {
    return QString::fromStdString(cell.cell);
}

} // namespace

ResultsPage::ResultsPage(const PageContext& context, QWidget* parent)
    : Page(context, parent),
      m_source(new ResultsSource(this)),
      m_model(new ResultsModel(this)),
      m_filter(new ResultsFilter(this)),
      m_empty(new EmptyState({.iconName = QStringLiteral("results"),
                              .heading = tr("No results yet"),
                              .sentence = tr("Each finished setting becomes a row here: its mean over seeds in and out "
                                             "of distribution, with an interval."),
                              .button = tr("Go to Setup")})) {
    connect(m_empty->button(), &QPushButton::clicked, this, [this] { Q_EMIT pageWanted(PageKind::Setup); });
    m_filter->setSourceModel(m_model);
    auto* split = new QSplitter(Qt::Vertical);
    split->setChildrenCollapsible(false);
    split->addWidget(makeTable());
    split->addWidget(makeFigures());
    split->setSizes({300, 400});
    auto* padded = new QWidget;
    auto* layout = new QVBoxLayout(padded);
    layout->setContentsMargins(2 * kGrid, 2 * kGrid, 2 * kGrid, 2 * kGrid);
    layout->setSpacing(kGrid);
    layout->addWidget(makePickers());
    m_cautions = new QLabel;
    m_cautions->setObjectName(QStringLiteral("results_cautions"));
    m_cautions->setProperty("role", "warning");
    m_cautions->setWordWrap(true);
    m_cautions->setTextFormat(Qt::PlainText);
    m_study = new StudyLine;
    layout->addWidget(m_study);
    layout->addWidget(m_cautions);
    layout->addWidget(split, 1);
    m_stack = new QStackedLayout(this);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(padded);
    m_stack->setCurrentIndex(m_stack->addWidget(new QWidget)); // nothing, until it is known what there is
    connectSelection();
    const auto askAgain = [this] {
        m_isStale = true;
        if (isVisible()) ask();
    };
    connect(&context.store, &StoreReader::snapshotRead, this, askAgain);
    connect(&context.choice, &ResultsChoice::changed, this, askAgain);
    connect(m_study, &StudyLine::unsealWanted, &context.studies, &StudyController::unseal);
    connect(&context.studies, &StudyController::unsealed, &context.store, &StoreReader::refresh);
    connect(&context.studies, &StudyController::failed, m_study, &StudyLine::showSentence);
    connect(m_source, &ResultsSource::answered, this, &ResultsPage::take);
    connect(m_source, &ResultsSource::failed, m_sentence, &QLabel::setText);
}

void ResultsPage::connectSelection() {
    connect(m_tree->selectionModel(), &QItemSelectionModel::selectionChanged, this, &ResultsPage::takeTableSelection);
    connect(m_tree, &QTreeView::doubleClicked, this, &ResultsPage::openRun);
    connect(m_tree, &QTreeView::activated, this, &ResultsPage::openRun);
    connect(m_idOod, &IdOodPlot::picked, this, &ResultsPage::pick);
    connect(m_domains, &DomainPlot::picked, this, &ResultsPage::pick);
    connect(m_differences, &DifferencePlot::picked, this, &ResultsPage::pick);
    auto* clear = new QShortcut(QKeySequence(Qt::Key_Escape), this);
    clear->setContext(Qt::WidgetWithChildrenShortcut);
    connect(clear, &QShortcut::activated, this, [this] { select({}); });
}

QWidget* ResultsPage::firstFocus() {
    if (m_stack->currentIndex() == 2) return nullptr;
    return m_stack->currentIndex() == 0 ? static_cast<QWidget*>(m_empty->button()) : m_tree;
}

void ResultsPage::prepareForScreenshot() {
    m_isStale = false;
    take(std::make_shared<const ResultsView>(
        makeResultsView(context().store.snapshot()->runs, context().choice.question())));
    showFigures();
}

void ResultsPage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    if (m_isStale) ask();
}

// Where the runs were read by another rule, their next reading asks again.
void ResultsPage::ask() {
    const ResultsQuestion& question = context().choice.question();
    const auto snapshot = context().store.snapshot();
    context().store.setRule(question.rule);
    if (snapshot->rule != question.rule) return;
    m_isStale = false;
    showStudies();
    m_source->ask(snapshot, question);
}

void ResultsPage::showStudies() {
    const auto& studies = context().store.snapshot()->studies;
    m_question->showStudies(studies);
    const auto chosen = std::ranges::find_if(
        studies, [this](const StudyRecord& study) { return study.plan.name == context().choice.question().study; });
    m_study->showStudy(chosen == studies.end() ? nullptr : &*chosen);
}

void ResultsPage::take(std::shared_ptr<const ResultsView> view) {
    m_view = std::move(view);
    const int before = std::exchange(m_shownState, m_view->cells.empty() && m_view->question.study.empty() ? 0 : 1);
    m_stack->setCurrentIndex(m_shownState);
    if (m_view->cells.empty() && m_view->runs > 0)
        m_empty->setSentence(tr("None of the %1 runs in this store has finished yet.").arg(m_view->runs));
    std::erase_if(m_selected, [this](const QString& key) {
        return std::ranges::none_of(m_view->cells, [&](const CellView& cell) { return keyOf(cell) == key; });
    });
    std::set<QString> expanded;
    for (int row = 0; row < m_filter->rowCount(); ++row)
        if (m_tree->isExpanded(m_filter->index(row, 0)))
            expanded.insert(m_filter->index(row, 0).data(KeyRole).toString());
    {
        const QScopedValueRollback quiet(m_isSelecting, true);
        m_model->setView(m_view);
    }
    for (int row = 0; row < m_filter->rowCount(); ++row)
        m_tree->setExpanded(m_filter->index(row, 0),
                            expanded.contains(m_filter->index(row, 0).data(KeyRole).toString()));
    showPickers();
    QMetaObject::invokeMethod(this, &ResultsPage::showFigures,
                              Qt::QueuedConnection); // keys and clicks may come between
    showSelection();
    // By a rule that was asked for since, the next view comes soon.
    if (auto snapshot = context().store.snapshot(); snapshot->rule == m_view->question.rule)
        m_tables->ask(std::move(snapshot), m_view->question);
    context().studies.noteShown(m_view->openStudies, "levi-workbench results");
    // What had the keyboard is gone, and so it went to whatever comes first.
    if (before != m_shownState && isVisible()) firstFocus()->setFocus(Qt::OtherFocusReason);
}

void ResultsPage::showPickers() {
    std::vector<PickerEntry> cells;
    for (const CellView& cell : m_view->cells)
        cells.push_back({cell.title, keyOf(cell), {}});
    m_question->showMetrics(m_view->metrics);
    showData();
    fillPicker(*m_baseline, cells);
    choose(*m_baseline, m_view->baseline ? cells[*m_view->baseline].key : QVariant());
    m_count->setText(tr("n = %1").arg(seedCountText(*m_view)));
    showCautions();
    fitNotes();
    m_tree->fitColumns();
}

// Of one testbed there is nothing to choose from.
void ResultsPage::showData() {
    std::vector<PickerEntry> entries = {{tr("all"), QString(), {}}};
    for (const NamedTestbed& testbed : m_view->testbeds) {
        const QString whole = cleanText(testbed.label);
        entries.push_back({m_data->fontMetrics().elidedText(whole, Qt::ElideMiddle, kMostDataWidth),
                           QString::fromStdString(testbed.key), whole.toHtmlEscaped()});
    }
    fillPicker(*m_data, entries);
    choose(*m_data, QString::fromStdString(m_view->question.data));
    m_data->setVisible(m_view->testbeds.size() > 1);
    m_dataLabel->setVisible(m_view->testbeds.size() > 1);
}

void ResultsPage::showCautions() {
    QStringList sentences;
    for (const std::string& caution : m_view->cautions)
        sentences << cleanText(caution);
    m_cautions->setText(sentences.join(QLatin1Char(' ')));
    m_cautions->setVisible(!sentences.isEmpty());
}

void ResultsPage::fitNotes() {
    if (!m_view) return;
    const QFontMetrics metrics = m_notes->fontMetrics();
    const auto fits = [&](const QString& text) {
        const QRect room(0, 0, std::max(200, width() - 5 * kGrid), INT_MAX);
        return metrics.boundingRect(room, Qt::TextWordWrap, text).height() <= kNoteLines * metrics.lineSpacing();
    };
    QString shown, all;
    for (const std::string& note : m_view->table.table.notes) {
        if (std::ranges::find(m_view->cautions, note) != m_view->cautions.end()) continue; // said above the table
        all += cleanText(note) + QLatin1Char(' ');
        if (fits(all + QStringLiteral(" …"))) shown = all;
    }
    m_notes->setText(shown == all ? shown.trimmed() : shown + QStringLiteral("…"));
    m_notes->setToolTip(all.trimmed().toHtmlEscaped());
}

void ResultsPage::resizeEvent(QResizeEvent* event) {
    Page::resizeEvent(event);
    fitNotes();
}

void ResultsPage::showFigures() {
    const bool hidesFigures = std::ranges::any_of(
        m_view->cells, [](const CellView& cell) { return std::ranges::any_of(cell.seeds, &SeedValues::sealed); });
    const QString sealed = tr("Test figures are sealed: they are drawn once the study is unsealed.");
    m_idOod->setEmptyText(hidesFigures ? sealed : tr("This metric has no pair of ID and OOD values."));
    m_domains->setEmptyText(hidesFigures ? sealed : tr("This metric has no values on test rows."));
    m_differences->setEmptyText(hidesFigures ? sealed
                                             : tr("Two settings with a shared seed are needed for a difference."));
    const std::set<QString> only = keysInSight();
    m_idOod->setValues(idOodValues(*m_view, only));
    m_domains->setValues(domainValues(*m_view, only));
    m_differences->setValues(differenceValues(*m_view, only));
}

std::set<QString> ResultsPage::keysInSight() const {
    if (m_search->text().isEmpty()) return {};
    std::set<QString> keys{QString()}; // of no setting, so that a filter that nothing passes hides all
    for (int row = 0; row < m_filter->rowCount(); ++row)
        keys.insert(m_filter->index(row, 0).data(KeyRole).toString());
    return keys;
}

void ResultsPage::select(const std::set<QString>& keys) {
    m_selected = keys;
    showSelection();
}

void ResultsPage::pick(const QString& key, bool extend) {
    std::set<QString> keys;
    if (extend) keys = m_selected;
    if (!key.isEmpty() && keys.erase(key) == 0) keys.insert(key);
    select(keys);
}

void ResultsPage::takeTableSelection() {
    if (m_isSelecting) return;
    std::set<QString> keys;
    for (const QModelIndex& row : m_tree->selectionModel()->selectedRows())
        keys.insert((row.parent().isValid() ? row.parent() : row).data(KeyRole).toString());
    if (keys == m_selected) return;
    m_selected = std::move(keys);
    m_idOod->setSelected(m_selected);
    m_domains->setSelected(m_selected);
    showWhatDiffers();
}

void ResultsPage::showSelection() {
    QItemSelection rows;
    for (int row = 0; row < m_filter->rowCount(); ++row)
        if (const QModelIndex index = m_filter->index(row, 0); m_selected.contains(index.data(KeyRole).toString()))
            rows.select(index, index);
    const QScopedValueRollback quiet(m_isSelecting, true);
    m_tree->selectionModel()->select(rows, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    if (!rows.isEmpty()) m_tree->scrollTo(rows.indexes().first());
    m_idOod->setSelected(m_selected);
    m_domains->setSelected(m_selected);
    showWhatDiffers();
}

void ResultsPage::showWhatDiffers() {
    std::vector<const CellView*> chosen;
    for (const CellView& cell : m_view->cells)
        if (m_selected.contains(keyOf(cell))) chosen.push_back(&cell);
    m_differs->setText(whatDiffersHtml(chosen));
    std::vector<SelectedSetting> settings;
    for (const CellView* cell : chosen)
        settings.push_back({cell->cell, cell->title.toStdString()});
    m_tables->setSelected(std::move(settings));
}

void ResultsPage::openRun(const QModelIndex& index) {
    const QVariant run = index.siblingAtColumn(0).data(RunRole);
    if (run.isValid())
        Q_EMIT runWanted(run.toLongLong());
    else
        m_tree->setExpanded(index.siblingAtColumn(0), !m_tree->isExpanded(index.siblingAtColumn(0)));
}

} // namespace levi
