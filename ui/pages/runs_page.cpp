// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs_page.h"

#include "core/base/error.h"
#include "core/spec/spec_json.h"
#include "ui/icons.h"
#include "ui/models/queue_model.h"
#include "ui/pages/runs_panel.h"
#include "ui/run_controller.h"
#include "ui/store_reader.h"
#include "ui/theme.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/progress_delegate.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QShortcut>
#include <QSplitter>
#include <QStackedLayout>
#include <QTreeView>
#include <QVBoxLayout>

#include <algorithm>

namespace levi {
namespace {

constexpr int kLeastQueueWidth = 260;

QTreeView* makeTree(QueueModel* model) {
    auto* tree = new QTreeView;
    tree->setModel(model);
    tree->setObjectName(QStringLiteral("queue"));
    tree->setAccessibleName(RunsPage::tr("Runs, by setting"));
    tree->setItemDelegate(new ProgressDelegate(tree));
    tree->setUniformRowHeights(true);
    tree->setMinimumWidth(kLeastQueueWidth);
    tree->setIndentation(14);
    tree->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    tree->setTextElideMode(Qt::ElideRight);
    QHeaderView* header = tree->header();
    header->setStretchLastSection(false);
    header->setMinimumSectionSize(40);
    header->setSectionResizeMode(QueueModel::Name, QHeaderView::Stretch);
    for (const int column : {QueueModel::State, QueueModel::Progress, QueueModel::Time})
        header->setSectionResizeMode(column, QHeaderView::Interactive);
    const auto widthOf = [tree](const char* text) {
        return tree->fontMetrics().horizontalAdvance(QLatin1String(text)) + 2 * kGrid;
    };
    header->resizeSection(QueueModel::State, widthOf("12 interrupted"));
    header->resizeSection(QueueModel::Progress, widthOf("reading pictur"));
    header->resizeSection(QueueModel::Time, widthOf("1:00:00 left"));
    return tree;
}

} // namespace

RunsPage::RunsPage(const PageContext& context, QWidget* parent)
    : Page(context, parent), m_model(new QueueModel(this)), m_panel(new RunPanel) {
    auto* empty =
        new EmptyState({.iconName = QStringLiteral("runs"),
                        .heading = tr("No run yet"),
                        .sentence = tr("Runs stand here while they wait, train and after they have ended, with "
                                       "their curves and their log."),
                        .button = tr("Go to Setup")});
    connect(empty->button(), &QPushButton::clicked, this, [this] { Q_EMIT pageWanted(PageKind::Setup); });
    auto* split = new QSplitter(Qt::Horizontal);
    split->setChildrenCollapsible(false);
    split->addWidget(makeQueue());
    split->addWidget(m_panel);
    split->setStretchFactor(0, 0);
    split->setStretchFactor(1, 1);
    split->setSizes({470, 740});
    auto* padded = new QWidget;
    auto* padding = new QVBoxLayout(padded);
    padding->setContentsMargins(2 * kGrid, 2 * kGrid, 2 * kGrid, 2 * kGrid);
    padding->addWidget(split);
    m_stack = new QStackedLayout(this);
    m_stack->addWidget(empty);
    m_stack->addWidget(padded);
    connect(split, &QSplitter::splitterMoved, this, &RunsPage::fitColumns);
    connect(&context.store, &StoreReader::snapshotRead, this, &RunsPage::refresh);
    connect(&context.store, &StoreReader::detailRead, m_panel, &RunPanel::showDetail);
    connect(&context.runs, &RunController::jobsChanged, this, &RunsPage::refresh);
    connect(&context.runs, &RunController::progressed, this, &RunsPage::refresh);
    connectPanel();
    refresh();
}

QWidget* RunsPage::makeQueue() {
    m_tree = makeTree(m_model);
    m_stopAll = new QPushButton(icon(QStringLiteral("stop")), tr("Stop &all"));
    m_stopAll->setObjectName(QStringLiteral("stop_all"));
    m_stopAll->setToolTip(tr("Stops what runs, keeps what there is, and empties the queue"));
    auto* heading = new QLabel(tr("Runs"));
    heading->setFont(headingFont());
    auto* head = new QHBoxLayout;
    head->addWidget(heading, 1);
    head->addWidget(m_stopAll);
    auto* holder = new QWidget;
    auto* layout = new QVBoxLayout(holder);
    layout->setContentsMargins({});
    layout->setSpacing(kGrid);
    layout->addLayout(head);
    layout->addWidget(m_tree, 1);
    heading->setMinimumHeight(m_stopAll->sizeHint().height());
    connect(m_stopAll, &QPushButton::clicked, &context().runs, &RunController::stopAll);
    connect(m_tree->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& current) {
        if (!current.isValid()) return;
        m_selectedKey = current.data(KeyRole).toString();
        m_followsRuns = false;
        showSelected();
    });
    auto* ask = new QShortcut(QKeySequence::Delete, m_tree);
    ask->setContext(Qt::WidgetShortcut);
    connect(ask, &QShortcut::activated, m_panel, &RunPanel::askToDiscard);
    return holder;
}

void RunsPage::connectPanel() {
    connect(m_panel, &RunPanel::stopWanted, this, [this] {
        if (const QueueItem* item = m_model->item(m_tree->currentIndex()); item && item->job)
            context().runs.stop(*item->job);
        else if (const QueueGroup* group = m_model->group(m_tree->currentIndex()); group && !item)
            for (const QueueItem& one : group->items)
                if (one.job && isActive(one.state)) context().runs.stop(*one.job);
    });
    connect(m_panel, &RunPanel::againWanted, this, &RunsPage::startAgain);
    connect(m_panel, &RunPanel::discardWanted, this, &RunsPage::discard);
    connect(m_panel, &RunPanel::copyWanted, this, [this] {
        if (const RunSummary* run = readableRun()) Q_EMIT specWanted(QByteArray::fromStdString(run->specJson));
    });
    connect(&context().runs, &RunController::discardFailed, this, [this](std::int64_t run, const QString& message) {
        if (context().store.watchedRun() == run) m_panel->showSentence(message);
    });
    connect(&context().runs, &RunController::runDiscarded, this, [this] { context().store.refresh(); });
}

QString RunsPage::badge() const {
    return m_active > 0 ? QString::number(m_active) : QString();
}

QWidget* RunsPage::firstFocus() {
    return m_model->groups().empty() ? nullptr : m_tree;
}

void RunsPage::prepareForScreenshot() {
    refresh();
}

void RunsPage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    refresh();
}

void RunsPage::resizeEvent(QResizeEvent* event) {
    Page::resizeEvent(event);
    QMetaObject::invokeMethod(this, &RunsPage::fitColumns, Qt::QueuedConnection); // once the layout is done
}

void RunsPage::fitColumns() {
    const auto widthOf = [this](int column) { return m_tree->header()->sectionSize(column); };
    const int least = 2 * (widthOf(QueueModel::State) + widthOf(QueueModel::Time));
    m_tree->setColumnHidden(QueueModel::Progress, m_active == 0 || m_tree->width() < least);
}

void RunsPage::showRun(std::optional<std::int64_t> run) {
    m_wantedRun = run;
    m_followsRuns = !run;
    refresh();
}

void RunsPage::refresh() {
    const auto& jobs = context().runs.jobs();
    const auto active = static_cast<int>(std::ranges::count_if(jobs, [](const auto& job) { return !job.isEnded(); }));
    if (std::exchange(m_active, active) != active) {
        Q_EMIT badgeChanged();
        fitColumns(); // what does not run has no progress: its room goes to the names
    }
    m_stopAll->setVisible(active > 0);
    if (!isVisible() && !m_model->groups().empty()) return; // drawn when the page is opened
    m_model->setGroups(m_rows.groups(jobs, context().store.snapshot()));
    restoreSelection(); // before the tree is in sight: with the focus it would take its first row
    m_stack->setCurrentIndex(m_model->groups().empty() ? 0 : 1);
    showSelected();
}

// What runs; where nothing does, what was shown before; at first the newest setting that was trained: it has curves.
QModelIndex RunsPage::startingIndex() const {
    const auto& groups = m_model->groups();
    for (int group = 0; group < static_cast<int>(groups.size()); ++group)
        for (int item = 0; item < static_cast<int>(groups[group].items.size()); ++item)
            if (groups[group].items[item].state <= RowState::Stopping)
                return m_model->index(item, 0, m_model->index(group, 0));
    if (const QModelIndex before = m_model->indexOfKey(m_selectedKey); before.isValid()) return before;
    const auto trained = std::ranges::find_if(
        groups, [](const QueueGroup& group) { return !group.items.empty() && !group.items.front().isDerived; });
    const auto group = trained == groups.end() ? 0 : static_cast<int>(trained - groups.begin());
    return m_model->index(0, 0, m_model->index(group, 0));
}

// A row may have changed its key: a job that the program forgot is a run of the store afterwards.
void RunsPage::restoreSelection() {
    QModelIndex wanted = m_model->indexOfKey(m_selectedKey);
    const auto selectRun = [&](std::int64_t run) {
        for (const QueueGroup& group : m_model->groups())
            for (const QueueItem& item : group.items)
                if (item.run == run) wanted = m_model->indexOfKey(item.key);
    };
    if (!wanted.isValid() && context().store.watchedRun() && !m_followsRuns) selectRun(*context().store.watchedRun());
    if (m_wantedRun) {
        selectRun(*m_wantedRun);
        if (wanted.data(RunRole) == QVariant(static_cast<qint64>(*m_wantedRun))) m_wantedRun.reset();
    } else if (m_followsRuns || !wanted.isValid()) {
        wanted = startingIndex();
    }
    if (wanted.isValid() && wanted != m_tree->currentIndex()) select(wanted);
}

void RunsPage::select(const QModelIndex& index) {
    const bool follows = m_followsRuns;
    m_tree->setExpanded(index.parent(), true);
    m_tree->setCurrentIndex(index);
    m_tree->scrollTo(index);
    m_followsRuns = follows; // it was not the user
}

const RunSummary* RunsPage::storedRun(std::optional<std::int64_t> run) const {
    const auto& runs = context().store.snapshot()->runs;
    const auto found = std::ranges::find_if(runs, [&](const RunSummary& one) { return run == one.id; });
    return found == runs.end() ? nullptr : &*found;
}

// Of a group its most telling run is shown: the one that runs, else the first.
void RunsPage::showSelected() {
    const QModelIndex current = m_tree->currentIndex();
    const QueueGroup* group = m_model->group(current);
    if (!group || group->items.empty()) return;
    const QueueItem* item = m_model->item(current);
    if (!item) item = &*std::ranges::min_element(group->items, {}, &QueueItem::state);
    context().store.watchRun(item->run);
    m_panel->showRun(group->title, *item, item->job ? context().runs.job(*item->job) : nullptr, storedRun(item->run));
    m_panel->showDetail(context().store.detail());
}

const RunSummary* RunsPage::readableRun() {
    const RunSummary* run = storedRun(context().store.watchedRun());
    try {
        if (run) specFromText(run->specJson);
    } catch (const Error& error) {
        m_panel->showSentence(QString::fromUtf8(error.what()));
        return nullptr;
    }
    return run;
}

void RunsPage::startAgain() {
    const RunSummary* run = readableRun();
    if (!run) return;
    m_followsRuns = true;
    context().runs.startAgain(*run);
}

void RunsPage::discard() {
    if (const auto run = context().store.watchedRun()) context().runs.discardRun(*run);
}

} // namespace levi
