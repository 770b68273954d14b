// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main_window.h"

#include "core/base/log.h"
#include "core/spec/spec_json.h"
#include "ui/icons.h"
#include "ui/pages/layers_page.h"
#include "ui/pages/report_page.h"
#include "ui/pages/results_page.h"
#include "ui/pages/runs_page.h"
#include "ui/pages/setup_page.h"
#include "ui/theme.h"
#include "ui/widgets/method_picture.h"
#include "ui/widgets/status_strip.h"
#include "ui/words.h"

#include <QApplication>
#include <QButtonGroup>
#include <QCloseEvent>
#include <QDragEnterEvent>
#include <QFrame>
#include <QHBoxLayout>
#include <QMimeData>
#include <QShortcut>
#include <QStackedWidget>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace levi {
namespace {

const QString kTable = QStringLiteral("text_table");

// By its name, compressed or not.
bool isTable(std::filesystem::path path) {
    if (path.extension() == ".gz") path.replace_extension();
    static const std::set<std::string> s_endings = {".csv", ".tsv", ".jsonl"};
    return s_endings.contains(path.extension().string());
}

struct RailEntry {
    const char* iconName;
    const char* word;
};
constexpr RailEntry kRail[] = {{"setup", QT_TRANSLATE_NOOP("levi::MainWindow", "Setup")},
                               {"layers", QT_TRANSLATE_NOOP("levi::MainWindow", "Layers")},
                               {"runs", QT_TRANSLATE_NOOP("levi::MainWindow", "Runs")},
                               {"results", QT_TRANSLATE_NOOP("levi::MainWindow", "Results")},
                               {"report", QT_TRANSLATE_NOOP("levi::MainWindow", "Report")}};
constexpr int kRailWidth = 88;

QFrame* line(QFrame::Shape shape) {
    auto* frame = new QFrame;
    frame->setFrameShape(shape);
    frame->setProperty("role", "line");
    shape == QFrame::VLine ? frame->setFixedWidth(1) : frame->setFixedHeight(1);
    return frame;
}

} // namespace

MainWindow::MainWindow(std::filesystem::path storeFile, QWidget* parent)
    : QWidget(parent),
      m_store(storeFile),
      m_studies(storeFile),
      m_runs(storeFile),
      m_stack(new QStackedWidget),
      m_status(new StatusStrip(m_store, m_runs, m_choice)) {
    setWindowTitle(tr("LEVI Workbench"));
    setAcceptDrops(true);
    resize(1280, 800);
    auto* middle = new QHBoxLayout;
    middle->setSpacing(0);
    middle->addWidget(makeRail());
    middle->addWidget(line(QFrame::VLine));
    middle->addWidget(m_stack, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(middle, 1);
    layout->addWidget(line(QFrame::HLine));
    layout->addWidget(m_status);

    const PageContext context{m_store, m_runs, m_engine, m_draft, m_settings, m_choice, m_studies};
    m_runsPage = new RunsPage(context);
    m_setupPage = new SetupPage(context);
    addPage(m_setupPage);
    m_layersPage = new LayersPage(context);
    addPage(m_layersPage);
    addPage(m_runsPage);
    addPage(new ResultsPage(context));
    addPage(new ReportPage(context));
    connectPages();
    showPage(PageKind::Setup);
}

MainWindow::~MainWindow() = default;

QWidget* MainWindow::makeRail() {
    auto* rail = new QWidget;
    rail->setFixedWidth(kRailWidth);
    auto* layout = new QVBoxLayout(rail);
    layout->setContentsMargins(kGrid, kGrid, kGrid, kGrid);
    layout->setSpacing(kGrid);
    auto* group = new QButtonGroup(this);
    for (const RailEntry& entry : kRail) {
        auto* button = new QToolButton;
        const auto number = static_cast<int>(m_railButtons.size());
        button->setIcon(icon(QLatin1String(entry.iconName)));
        button->setIconSize(QSize(20, 20));
        button->setText(tr(entry.word));
        button->setObjectName(QStringLiteral("rail_%1").arg(QLatin1String(entry.iconName)));
        button->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
        button->setProperty("role", "rail");
        button->setCheckable(true);
        button->setAutoRaise(true);
        button->setFixedSize(kRailWidth - 2 * kGrid, 56);
        button->setToolTip(tr("%1 (Ctrl+%2)").arg(tr(entry.word)).arg(number + 1));
        group->addButton(button);
        layout->addWidget(button);
        m_railButtons.push_back(button);
        const auto kind = static_cast<PageKind>(number);
        connect(button, &QToolButton::clicked, this, [this, kind] { showPage(kind); });
        auto* shortcut = new QShortcut(QKeySequence(QStringLiteral("Ctrl+%1").arg(number + 1)), this);
        connect(shortcut, &QShortcut::activated, this, [this, kind] { showPage(kind); });
    }
    layout->addStretch(1);
    return rail;
}

void MainWindow::addPage(Page* page) {
    const std::size_t number = m_pages.size();
    m_pages.push_back(page);
    m_stack->addWidget(page);
    connect(page, &Page::pageWanted, this, &MainWindow::showPage);
    connect(page, &Page::specWanted, this, &MainWindow::editCopy);
    connect(page, &Page::runWanted, this, [this](std::int64_t run) { showRun(run); });
    connect(page, &Page::runsStarted, this, [this] { showRun({}); });
    connect(page, &Page::badgeChanged, this, [this, page, number] {
        const QString badge = page->badge();
        const QString word = tr(kRail[number].word);
        m_railButtons[number]->setText(badge.isEmpty() ? word : QStringLiteral("%1 %2").arg(word, badge));
    });
}

void MainWindow::connectPages() {
    connect(m_layersPage, &LayersPage::backboneWanted, this, [this] {
        showPage(PageKind::Setup);
        m_setupPage->focusField("backbone.path");
    });
    auto* quit = new QShortcut(QKeySequence(QStringLiteral("Ctrl+Q")), this);
    connect(quit, &QShortcut::activated, this, &MainWindow::close);
    connect(m_status, &StatusStrip::laneClicked, this, &MainWindow::showRun);
    connect(m_status, &StatusStrip::studyClicked, this, [this] { showPage(PageKind::Results); });
    connect(m_status, &StatusStrip::lightnessToggled, this, &MainWindow::toggleLightness);
    connect(&m_draft, &SpecDraft::changed, this, [this] { m_engine.look(m_draft.spec()); });
    connect(&m_runs, &RunController::becameIdle, this, [this] {
        m_engine.look(m_draft.spec()); // features may be cached by now
        if (m_isClosing) close();
    });
    m_engine.look(m_draft.spec());
}

void MainWindow::showPage(PageKind kind) {
    const auto number = static_cast<std::size_t>(kind);
    m_stack->setCurrentWidget(m_pages[number]);
    m_railButtons[number]->setChecked(true);
    if (QWidget* first = m_pages[number]->firstFocus()) first->setFocus(Qt::OtherFocusReason);
}

PageKind MainWindow::currentPage() const {
    return static_cast<PageKind>(m_stack->currentIndex());
}

Page* MainWindow::page(PageKind kind) const {
    return m_pages[static_cast<std::size_t>(kind)];
}

void MainWindow::showRun(std::optional<std::int64_t> run) {
    showPage(PageKind::Runs);
    m_runsPage->showRun(run);
}

void MainWindow::editCopy(const QByteArray& specJson) {
    m_draft.replace(specFromText(specJson.toStdString()).spec);
    showPage(PageKind::Setup);
}

// Back at what the system has, the window follows it again.
void MainWindow::toggleLightness() {
    const bool dark = !themeColors().isDark;
    m_settings.setLightness(dark == systemIsDark() ? Lightness::System : dark ? Lightness::Dark : Lightness::Light);
    applyTheme(*qApp, m_settings.lightness());
}

void MainWindow::restore() {
    restoreGeometry(m_settings.windowGeometry());
    m_draftKeeper = std::make_unique<DraftKeeper>(m_draft, m_store.file());
    m_draftKeeper->restore();
}

// The log too: where nothing runs yet, the window is gone at once.
void MainWindow::sayWhatEnds() {
    const auto waiting = std::ranges::count(m_runs.jobs(), JobState::Queued, &JobStatus::state);
    QString sentence = tr("Stopping… the window closes when the run has ended");
    if (waiting > 0) {
        const QString lost = tr("%1 not started").arg(counted(waiting, tr("waiting run is"), tr("waiting runs are")));
        sentence += QStringLiteral("; ") + lost;
        log().warn("the window is closed: {}", lost.toStdString());
    }
    m_status->setSentence(sentence);
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (!m_runs.isBusy()) {
        m_settings.setWindowGeometry(saveGeometry());
        if (m_draftKeeper) m_draftKeeper->keep();
        return event->accept();
    }
    if (!std::exchange(m_isClosing, true)) sayWhatEnds();
    m_stack->setEnabled(false);
    m_runs.stopAll();
    event->setAccepted(!m_runs.isBusy());
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls() && event->mimeData()->urls().first().isLocalFile()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    open(event->mimeData()->urls().first().toLocalFile().toStdString());
    event->acceptProposedAction();
}

void MainWindow::open(const std::filesystem::path& path) {
    showPage(PageKind::Setup);
    if (path.extension() == ".json")
        m_setupPage->openSpec(path);
    else
        takeData(path);
}

// Where the data come from no file so far, they do now; a table goes to a kind that reads tables.
void MainWindow::takeData(const std::filesystem::path& path) {
    const auto& usual = ExperimentSpec().data.kind().key;
    const bool readsFolders = !fieldIfAny(m_draft.spec(), "data.path") || m_draft.spec().data.is(usual);
    if (readsFolders) m_draft.setText("data.kind", isTable(path) ? kTable : QString::fromStdString(usual));
    const bool isForTable = isTable(path) && fieldIfAny(m_draft.spec(), "data.table");
    const std::string field = isForTable ? "data.table" : "data.path";
    m_draft.setText(field, QString::fromStdString(path.string()));
    m_setupPage->focusField(field);
}

} // namespace levi
