// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/table_browser.h"

#include "core/base/error.h"
#include "core/report/sample_comparison.h"
#include "core/store/run_store.h"
#include "ui/background.h"
#include "ui/models/queue_rows.h"
#include "ui/models/results_model.h"
#include "ui/models/table_model.h"
#include "ui/theme.h"
#include "ui/widgets/picker.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QScrollArea>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace levi {
namespace {

constexpr const char* kSamples = "samples"; // a key beside those of the core: made of two settings, not of all
constexpr int kNoteLines = 3;
constexpr int kMeasuredRows = 100; // for the widths of columns: one look at each of thousands takes a while
constexpr int kMostLetters = 48;   // of a column; all of it is in the tool tip

// The results page shows these anyway: here they come last, for a row a name and for intervals of single runs.
bool isShownAbove(TableKind kind) {
    return kind == TableKind::Results || kind == TableKind::Runs || kind == TableKind::Efficiency;
}

QString wordsOf(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

// A row a line; what lies between selected cells and is not selected stays empty.
QString selectedText(const QItemSelectionModel& selection) {
    std::map<int, std::map<int, QString>> rows;
    std::set<int> columns;
    for (const QModelIndex& index : selection.selectedIndexes()) {
        rows[index.row()][index.column()] = index.data().toString();
        columns.insert(index.column());
    }
    QStringList lines;
    for (auto& [row, cells] : rows) {
        QStringList texts;
        for (const int column : columns)
            texts << cells[column];
        lines << texts.join(QLatin1Char('\t'));
    }
    return lines.join(QLatin1Char('\n'));
}

// Qt's own copies one cell.
class CopyingView : public QTableView {
public:
    using QTableView::QTableView;

protected:
    void keyPressEvent(QKeyEvent* event) override {
        if (!event->matches(QKeySequence::Copy)) return QTableView::keyPressEvent(event);
        if (selectionModel()->hasSelection()) QGuiApplication::clipboard()->setText(selectedText(*selectionModel()));
    }
};

std::vector<RunSummary> runsOf(const StoreSnapshot& snapshot, const ResultsQuestion& question,
                               const std::optional<SelectedSetting>& setting = std::nullopt) {
    std::vector<RunSummary> runs;
    std::ranges::copy_if(snapshot.runs, std::back_inserter(runs), [&](const RunSummary& run) {
        return (question.study.empty() || run.study == question.study) && (!setting || run.cell == setting->cell);
    });
    return question.data.empty() ? runs : runsOn(question.data, runs);
}

// Of single runs the interval over their rows, which only accuracies have.
SeedStatistic statisticFor(TableKind kind, const ResultsQuestion& question) {
    if (kind != TableKind::Runs) return statisticOf(question);
    return {.spread = question.metric == "accuracy" ? Spread::Wilson : Spread::TInterval};
}

QString notesOf(const Table& table) {
    QString text = cleanText(table.caption) + QLatin1Char('.');
    for (const std::string& note : table.notes)
        text += QLatin1Char(' ') + cleanText(note);
    return text;
}

} // namespace

Table samplesOf(const StoreSnapshot& snapshot, const ResultsQuestion& question,
                const std::vector<SelectedSetting>& settings) {
    if (settings.size() != 2)
        throw Error(
            "Select two settings in the table above (a click, and one with Ctrl): they are compared on the same "
            "samples, seed by seed.");
    const RunStore store(snapshot.file, RunStore::Access::Read);
    const auto pairs =
        sharedPredictions(store, runsOf(snapshot, question, settings[0]), runsOf(snapshot, question, settings[1]));
    Table table = sampleTable(compareSamples(pairs));
    table.caption += fmt::format("; A: {}; B: {}", settings[0].title, settings[1].title);
    return table;
}

Table tableOf(const StoreSnapshot& snapshot, ResultsQuestion question, TableKind kind, bool byName) {
    if (kind == TableKind::Comparisons) question.data.clear(); // a study decides as it was stated, on all of its runs
    const std::vector<RunSummary> runs = runsOf(snapshot, question);
    const auto study = std::ranges::find_if(
        snapshot.studies, [&](const StudyRecord& record) { return record.plan.name == question.study; });
    return askedTable(tableRows(runs, byName),
                      {.kind = kind, .metric = question.metric, .statistic = statisticFor(kind, question)},
                      study == snapshot.studies.end() ? nullptr : &study->plan);
}

TableBrowser::TableBrowser(QWidget* parent)
    : QWidget(parent),
      m_model(new TableModel(this)),
      m_order(new ResultsFilter(this)),
      m_place(new QStackedWidget),
      m_view(makeView()),
      m_sentence(new QLabel) {
    setObjectName(QStringLiteral("more_tables"));
    m_sentence->setObjectName(QStringLiteral("more_sentence"));
    m_sentence->setTextFormat(Qt::PlainText);
    m_sentence->setWordWrap(true);
    m_sentence->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_place->addWidget(m_view);
    m_place->addWidget(m_sentence);
    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(kGrid);
    layout->addWidget(makeChoice());
    layout->addWidget(m_place, 1);
    layout->addWidget(makeNotes());
}

QWidget* TableBrowser::makeChoice() {
    m_kind = new QComboBox;
    m_kind->setObjectName(QStringLiteral("more_table"));
    m_kind->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_kind->setToolTip(tr("What is made of the runs that the page is asked about"));
    std::vector<PickerEntry> entries;
    for (const bool above : {false, true})
        for (const TableKindInfo& info : tableKinds())
            if (isShownAbove(info.kind) == above)
                entries.push_back({wordsOf(info.title), wordsOf(info.key), wordsOf(info.explanation).toHtmlEscaped()});
    const auto above = std::ranges::find_if(entries, [](const PickerEntry& entry) {
        return isShownAbove(tableKindNamed(entry.key.toString().toStdString()).kind);
    });
    entries.insert(above, {tr("Two settings, sample by sample"), QLatin1String(kSamples),
                           tr("The two settings that are selected in the table above, on the same samples: McNemar's "
                              "test of each seed, bootstrap intervals over samples and over domains.")});
    fillPicker(*m_kind, entries);
    choose(*m_kind, wordsOf(infoOf(TableKind::Ranks).key));
    m_byName = new QCheckBox(tr("one row a &name"));
    m_byName->setObjectName(QStringLiteral("by_name"));
    m_byName->setToolTip(tr("Puts settings of one name together that hold out different domains: each domain is a "
                            "column, and what is no held-out domain is a mean over them"));
    auto* label = new QLabel(tr("t&able"));
    label->setBuddy(m_kind);
    auto* holder = new QWidget;
    auto* row = new QHBoxLayout(holder);
    row->setContentsMargins({});
    row->setSpacing(kGrid);
    row->addWidget(label);
    row->addWidget(m_kind);
    row->addWidget(m_byName);
    row->addStretch(1);
    connect(m_kind, &QComboBox::currentIndexChanged, this, &TableBrowser::askAgain);
    connect(m_byName, &QCheckBox::toggled, this, &TableBrowser::askAgain);
    return holder;
}

QTableView* TableBrowser::makeView() {
    auto* view = new CopyingView;
    view->setObjectName(QStringLiteral("more_view"));
    view->setAccessibleName(tr("The table that is chosen"));
    m_order->setSourceModel(m_model);
    view->setModel(m_order);
    view->setSortingEnabled(true);
    view->sortByColumn(-1, Qt::DescendingOrder);
    view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    view->setAlternatingRowColors(true);
    view->setShowGrid(false);
    view->setWordWrap(false);
    view->setTabKeyNavigation(false);
    view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    view->verticalHeader()->hide();
    view->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    view->verticalHeader()->setDefaultSectionSize(view->fontMetrics().height() + kGrid);
    view->horizontalHeader()->setHighlightSections(false);
    view->horizontalHeader()->setResizeContentsPrecision(kMeasuredRows);
    return view;
}

// They scroll by themselves: a page must not grow with what is said of a table.
QWidget* TableBrowser::makeNotes() {
    m_notes = new QLabel;
    m_notes->setObjectName(QStringLiteral("more_notes"));
    m_notes->setProperty("role", "muted");
    m_notes->setTextFormat(Qt::PlainText);
    m_notes->setWordWrap(true);
    m_notes->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_notes->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_notesArea = new QScrollArea;
    m_notesArea->setAccessibleName(tr("What the table says"));
    m_notesArea->setWidget(m_notes);
    m_notesArea->setWidgetResizable(true);
    m_notesArea->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_notesArea->hide();
    return m_notesArea;
}

void TableBrowser::ask(std::shared_ptr<const StoreSnapshot> snapshot, const ResultsQuestion& question) {
    m_snapshot = std::move(snapshot);
    m_question = question;
    askAgain();
}

const Table* TableBrowser::table() const {
    return m_model->table();
}

void TableBrowser::setSelected(std::vector<SelectedSetting> settings) {
    if (settings == m_selected) return;
    m_selected = std::move(settings);
    if (comparesSamples()) askAgain();
}

QString TableBrowser::key() const {
    return m_kind->currentData().toString();
}

bool TableBrowser::comparesSamples() const {
    return key() == QLatin1String(kSamples);
}

void TableBrowser::askAgain() {
    m_isStale = true;
    m_byName->setVisible(!comparesSamples());
    if (isVisible()) start();
}

void TableBrowser::start() {
    if (m_isBusy || !m_snapshot) return; // asks again
    m_isStale = false;
    m_isBusy = true;
    const QString asked = key();
    const auto work = [snapshot = m_snapshot, question = m_question, asked, byName = m_byName->isChecked(),
                       selected = m_selected] {
        return answerOf<Table>([&] {
            if (asked == QLatin1String(kSamples)) return samplesOf(*snapshot, question, selected);
            return tableOf(*snapshot, question, tableKindNamed(asked.toStdString()).kind, byName);
        });
    };
    inBackground(this, work, [this, asked](const Answer<Table>& answer) {
        m_isBusy = false;
        if (!m_isStale) return take(asked, answer);
        if (isVisible()) start();
    });
}

void TableBrowser::take(const QString& key, const Answer<Table>& answer) {
    m_model->setTable(answer.value);
    if (std::exchange(m_shown, key) != key) m_view->sortByColumn(-1, Qt::DescendingOrder); // another table's column
    if (answer.value)
        showTable();
    else
        showSentence(answer.message);
    fitNotes();
}

void TableBrowser::showTable() {
    const Table& shown = *table();
    m_notes->setText(notesOf(shown));
    m_view->setAccessibleDescription(cleanText(shown.caption));
    if (shown.rows.empty()) {
        const QString why = m_shown == QLatin1String(kSamples)
                                ? cleanText(shown.notes.front())
                                : wordsOf(tableKindNamed(m_shown.toStdString()).explanation);
        return showSentence(tr("This table has no row for these runs. %1").arg(why));
    }
    m_view->resizeColumnsToContents();
    limitWidths();
    m_place->setCurrentWidget(m_view);
}

// The last column has the room that the others leave.
void TableBrowser::limitWidths() {
    const int most = kMostLetters * m_view->fontMetrics().averageCharWidth();
    int room = m_view->viewport()->width();
    for (int column = 0; column < m_order->columnCount(); ++column) {
        const bool isLast = column + 1 == m_order->columnCount();
        m_view->setColumnWidth(column, std::min(m_view->columnWidth(column), isLast ? std::max(room, most) : most));
        room -= m_view->columnWidth(column);
    }
}

void TableBrowser::showSentence(const QString& sentence) {
    if (!table()) m_notes->clear();
    m_sentence->setText(sentence);
    m_place->setCurrentWidget(m_sentence);
}

void TableBrowser::fitNotes() {
    const int wanted = m_notes->text().isEmpty() ? 0 : m_notes->heightForWidth(m_notesArea->width());
    m_notesArea->setVisible(wanted > 0);
    m_notesArea->setFixedHeight(std::min(wanted, kNoteLines * m_notes->fontMetrics().lineSpacing()));
}

void TableBrowser::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (m_isStale) start();
}

void TableBrowser::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fitNotes();
}

} // namespace levi
