// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/setup_page.h"

#include "core/base/error.h"
#include "core/jobs/data_info.h"
#include "core/jobs/demo_specs.h"
#include "core/spec/baseline_pack.h"
#include "core/spec/spec_hash.h"
#include "ui/app_settings.h"
#include "ui/command_line.h"
#include "ui/engine_client.h"
#include "ui/icons.h"
#include "ui/models/queue_rows.h"
#include "ui/run_controller.h"
#include "ui/spec_draft.h"
#include "ui/store_reader.h"
#include "ui/study_controller.h"
#include "ui/theme.h"
#include "ui/widgets/insight_panel.h"
#include "ui/widgets/launch_bar.h"
#include "ui/widgets/named_study_form.h"
#include "ui/widgets/open_menu.h"
#include "ui/widgets/problem_list.h"
#include "ui/widgets/spec_form.h"
#include "ui/widgets/study_form.h"
#include "ui/widgets/sweep_form.h"
#include "ui/words.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QShortcut>
#include <QSplitter>
#include <QToolButton>
#include <QVBoxLayout>

namespace levi {
namespace {

constexpr auto kOpenMenuKeys = Qt::CTRL | Qt::SHIFT | Qt::Key_O;

// A note a line, which leads to no field.
std::vector<Problem> notesOf(const QString& sentences) {
    std::vector<Problem> notes;
    for (const QString& sentence : sentences.split(QLatin1Char('\n')))
        notes.push_back({{}, sentence.toStdString()});
    return notes;
}

} // namespace

SetupPage::SetupPage(const PageContext& context, QWidget* parent)
    : Page(context, parent),
      m_files(context.draft, context.settings),
      m_sweeps(context.store.file(), context.runs),
      m_form(new SpecForm(context.draft)),
      m_insight(new InsightPanel),
      m_problems(new ProblemList),
      m_study(new StudyForm(context.draft)),
      m_namedStudy(new NamedStudyForm),
      m_sweep(new SweepForm),
      m_launch(new LaunchBar(context.draft)),
      m_file(new QLabel),
      m_openMenu(new OpenMenu(context.settings, this)) {
    auto* columns = new QSplitter;
    columns->setChildrenCollapsible(false);
    columns->setHandleWidth(kGrid);
    columns->addWidget(m_form);
    columns->addWidget(m_insight);
    columns->setStretchFactor(0, 1);
    columns->setStretchFactor(1, 1);
    columns->setSizes({600, 540});
    m_form->setMinimumWidth(460);
    m_insight->setMinimumWidth(360);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(2 * kGrid, kGrid, 2 * kGrid, 2 * kGrid);
    layout->setSpacing(kGrid);
    layout->addWidget(makeToolLine());
    layout->addWidget(columns, 1);
    layout->addWidget(m_problems);
    layout->addWidget(m_study);
    layout->addWidget(m_namedStudy);
    layout->addWidget(m_sweep);
    layout->addWidget(m_launch);
    connectParts();
    connectStudies();
    connectSweeps();
    showFile();
    showInsight();
    m_files.findExamples();
}

QWidget* SetupPage::makeToolLine() {
    auto* line = new QWidget;
    auto* layout = new QHBoxLayout(line);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    m_file->setFont(headingFont());
    m_file->setTextFormat(Qt::PlainText);
    layout->addWidget(m_file);
    layout->addStretch(1);
    auto* fresh = addTool(layout, QStringLiteral("new"), tr("New"), QKeySequence::New);
    auto* open = addTool(layout, QStringLiteral("open"), tr("Open"), QKeySequence::Open);
    auto* saveTool = addTool(layout, QStringLiteral("save"), tr("Save"), QKeySequence::Save);
    m_undo = addTool(layout, QStringLiteral("undo"), tr("Undo"), QKeySequence::Undo);
    m_redo = addTool(layout, QStringLiteral("redo"), tr("Redo"), QKeySequence::Redo);
    open->setPopupMode(QToolButton::MenuButtonPopup);
    open->setMenu(m_openMenu);
    connect(m_openMenu, &OpenMenu::demoWanted, this, &SetupPage::useDemo);
    connect(m_openMenu, &OpenMenu::fileWanted, this, [this](const QString& file) { openSpec(file.toStdString()); });
    connect(fresh, &QToolButton::clicked, this, [this] { this->context().draft.startAnew(ExperimentSpec{}); });
    connect(open, &QToolButton::clicked, this, &SetupPage::chooseFile);
    connect(saveTool, &QToolButton::clicked, this, [this] { save(false); });
    connect(m_undo, &QToolButton::clicked, &context().draft, &SpecDraft::undo);
    connect(m_redo, &QToolButton::clicked, &context().draft, &SpecDraft::redo);
    open->setToolTip(tr("Open (%1); recent ones and examples: %2")
                         .arg(QKeySequence(QKeySequence::Open).toString(QKeySequence::NativeText),
                              QKeySequence(kOpenMenuKeys).toString(QKeySequence::NativeText)));
    auto* showMenu = new QShortcut(QKeySequence(kOpenMenuKeys), this);
    connect(showMenu, &QShortcut::activated, open, &QToolButton::showMenu);
    auto* saveAs = new QShortcut(QKeySequence::SaveAs, this);
    connect(saveAs, &QShortcut::activated, this, [this] { save(true); });
    return line;
}

QToolButton* SetupPage::addTool(QHBoxLayout* layout, const QString& iconName, const QString& word,
                                const QKeySequence& keys) {
    auto* tool = new QToolButton;
    tool->setIcon(icon(iconName));
    tool->setText(word);
    tool->setObjectName(QStringLiteral("tool_%1").arg(iconName));
    tool->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    tool->setShortcut(keys);
    tool->setToolTip(QStringLiteral("%1 (%2)").arg(word, keys.toString(QKeySequence::NativeText)));
    layout->addWidget(tool);
    return tool;
}

void SetupPage::connectParts() {
    connect(&context().draft, &SpecDraft::changed, this, &SetupPage::showProblems);
    connect(&context().draft, &SpecDraft::changed, this, &SetupPage::showFile);
    connect(&context().draft, &SpecDraft::fileChanged, this, &SetupPage::showFile);
    connect(&context().engine, &EngineClient::insightChanged, this, &SetupPage::showInsight);
    connect(&context().store, &StoreReader::snapshotRead, this, &SetupPage::showParents);
    connect(&context().store, &StoreReader::finishedRead, this, &SetupPage::showProblems);
    connect(m_problems, &ProblemList::problemChosen, this, &SetupPage::focusField);
    connect(m_insight, &InsightPanel::demoWanted, this, &SetupPage::useDemo);
    connect(m_insight, &InsightPanel::readAgainWanted, &context().engine, &EngineClient::lookAgain);
    connect(m_launch, &LaunchBar::startWanted, this, &SetupPage::start);
    connect(&m_files, &SpecFiles::examplesFound, m_openMenu, &OpenMenu::setExamples);
    connect(&m_files, &SpecFiles::saved, this, [this] { m_notes.clear(), showProblems(); });
    connect(&m_files, &SpecFiles::failed, this,
            [this](const QString& note) { m_notes = notesOf(note), showProblems(); });
    connect(&m_files, &SpecFiles::opened, this, [this](const std::vector<Problem>& found) {
        m_notes.clear();
        for (const Problem& problem : found)
            m_notes.push_back(
                {problem.path, tr("left out: %1").arg(QString::fromStdString(problem.message)).toStdString()});
        showProblems();
    });
}

void SetupPage::connectStudies() {
    connect(m_launch, &LaunchBar::newStudyWanted, m_study, &StudyForm::open);
    connect(m_launch, &LaunchBar::namedStudyWanted, this, [this](NamedStudyKind kind) {
        m_namedStudy->open(kind, context().draft.spec(), context().engine.insight());
    });
    connect(m_namedStudy, &NamedStudyForm::closed, m_launch, &LaunchBar::focusStudy);
    connect(m_namedStudy, &NamedStudyForm::stated, this, [this](const NamedStudy& study, bool sealed) {
        if (context().runs.isBusy()) // what runs would be run a second time
            return m_namedStudy->showSentence(tr("Runs are going on, and a study starts from those that are done: wait "
                                                 "for them, or stop them."));
        context().studies.begin(study, sealed);
    });
    connect(&context().studies, &StudyController::failed, m_namedStudy, &NamedStudyForm::showSentence);
    connect(&context().studies, &StudyController::begun, this, &SetupPage::runStudy);
    connect(m_study, &StudyForm::closed, m_launch, &LaunchBar::focusStudy);
    connect(m_study, &StudyForm::stated, &context().studies, &StudyController::create);
    connect(&context().studies, &StudyController::failed, m_study, &StudyForm::showSentence);
    connect(&context().studies, &StudyController::created, this, [this](const QString& name) {
        m_study->hide();
        context().draft.setStudy(name.toStdString());
        context().store.refresh();
        m_launch->focusStudy();
    });
}

void SetupPage::connectSweeps() {
    const auto tell = [this](const QString& sentence) {
        m_notes = notesOf(sentence);
        showProblems();
    };
    connect(&m_files, &SpecFiles::sweepFound, &m_sweeps, &SweepController::open);
    connect(&m_sweeps, &SweepController::openFailed, this, tell);
    connect(&m_sweeps, &SweepController::ended, this, tell);
    connect(&m_sweeps, &SweepController::opened, this,
            [this](const QString& name, const auto& seeds) { m_sweep->open(name, seeds, context().draft.study()); });
    connect(&m_sweeps, &SweepController::previewed, m_sweep, &SweepForm::showPreview);
    connect(&m_sweeps, &SweepController::previewFailed, m_sweep, &SweepForm::showNoPreview);
    connect(&m_sweeps, &SweepController::startFailed, m_sweep, &SweepForm::refuse);
    connect(&m_sweeps, &SweepController::started, this, [this] {
        m_sweep->hide();
        Q_EMIT runsStarted();
    });
    connect(&m_sweeps, &SweepController::nothingLeft, this, [this, tell] {
        m_sweep->hide();
        context().store.refresh();
        tell(tr("All runs of the sweep are there: see Results."));
    });
    connect(&context().draft, &SpecDraft::changed, m_sweep, [this] { m_sweep->showStudy(context().draft.study()); });
    connect(m_sweep, &SweepForm::previewWanted, &m_sweeps, &SweepController::preview);
    connect(m_sweep, &SweepForm::previewOutdated, &m_sweeps, &SweepController::dropPreview);
    connect(m_sweep, &SweepForm::closed, &m_sweeps, &SweepController::cancel);
    connect(m_sweep, &SweepForm::closed, this, [this] { firstFocus()->setFocus(Qt::OtherFocusReason); });
    connect(m_sweep, &SweepForm::startWanted, this, [this](const auto& seeds, const std::string& study) {
        if (context().runs.isBusy() || m_sweeps.isGoing()) // what runs would be run a second time
            return m_sweep->refuse(tr("Runs are going on, and a sweep starts from those that are done: wait for them, "
                                      "or stop them."));
        m_sweeps.start(seeds, study);
    });
}

QWidget* SetupPage::firstFocus() {
    return m_form->findChild<QWidget*>(QStringLiteral("name"));
}

void SetupPage::showFile() {
    const SpecDraft& draft = context().draft;
    const QString name =
        draft.file().empty() ? tr("New spec") : QString::fromStdString(draft.file().filename().string());
    m_file->setText(draft.isModified() ? tr("%1 •").arg(name) : name);
    const bool isPartOfFile = !draft.file().empty() && !draft.saved();
    m_file->setToolTip(isPartOfFile         ? tr("Without what is left out of the file: see the list of problems")
                       : draft.isModified() ? tr("Changed since it was saved")
                                            : QString::fromStdString(draft.file().string()));
    m_undo->setEnabled(draft.canUndo());
    m_redo->setEnabled(draft.canRedo());
}

void SetupPage::showInsight() {
    const SpecInsight& insight = context().engine.insight();
    m_insight->showInsight(insight, context().draft.seeds().size(), context().draft.settings().size() - 1);
    m_launch->showDevices(insight.devices);
    QStringList domains;
    if (insight.data.value)
        for (const std::string& domain : insight.data.value->foundDomains)
            domains << QString::fromStdString(domain);
    if (!insight.data.isComing) m_form->setDomains(domains); // until then those before stay where they are
    showProblems();
}

void SetupPage::showParents() {
    QStringList names;
    for (const RunSummary& run : context().store.snapshot()->runs)
        if (run.state == RunState::Done && !names.contains(QString::fromStdString(run.name)))
            names << QString::fromStdString(run.name);
    m_form->setParents(names);
    m_launch->showStudies(context().store.snapshot()->studies);
}

// Of the draft, then of the engine; one per field.
std::vector<Problem> SetupPage::problems() const {
    std::vector<Problem> all = context().draft.problems();
    const auto add = [&all](const Problem& problem) {
        const bool known = std::ranges::any_of(all, [&](const Problem& other) { return other.path == problem.path; });
        if (!known) all.push_back(problem);
    };
    const SpecInsight& insight = context().engine.insight();
    if (insight.problems.value) std::ranges::for_each(*insight.problems.value, add);
    if (insight.unfit.value)
        for (const UnfitBaseline& baseline : *insight.unfit.value)
            if (baseline.isNamed) add({"baselines", baseline.name + ": " + baseline.reason});
    return all;
}

void SetupPage::showProblems() {
    const std::vector<Problem> all = problems();
    m_form->showProblems(all);
    m_problems->showProblems(all, m_notes);
    m_launch->showCommand(QString::fromStdString(commandLine(context().draft, context().store.file())));
    showRuns(all);
}

void SetupPage::showRuns(const std::vector<Problem>& all) {
    const SpecDraft& draft = context().draft;
    const QString reason = reasonNotToStart(all);
    if (baselinesProblem(draft.spec().baselines)) return m_launch->showRuns(draft.seeds().size(), 0, reason);
    const auto finished = context().store.finished();
    std::size_t runs = 0, known = 0;
    for (const auto& [setting, seeds] : packSettings(draft.spec(), draft.seeds(), unfitBaselines())) {
        const std::string cell = finished->empty() ? std::string() : cellKey(setting, {});
        runs += seeds.size();
        known += std::ranges::count_if(seeds, [&](std::uint64_t seed) { return finished->contains({cell, seed}); });
    }
    m_launch->showRuns(runs, known, reason);
}

QString SetupPage::reasonNotToStart(const std::vector<Problem>& all) const {
    const SpecInsight& insight = context().engine.insight();
    if (!insight.engine.message.isEmpty()) return tr("The engine is not here, so nothing can be run: see Cost.");
    if (!all.empty())
        return tr("%1 to solve first: see the list above.")
            .arg(counted(static_cast<std::int64_t>(all.size()), tr("problem"), tr("problems")));
    if (const auto seeds = context().draft.seedsProblem()) return QString::fromStdString(*seeds); // "seeds '0..x': …"
    return QString::fromStdString(studyProblem());
}

std::string SetupPage::studyProblem() const {
    for (const StudyRecord& study : context().store.snapshot()->studies)
        if (study.plan.name == context().draft.study()) try {
                requireItsMetric(study.plan, context().draft.settings());
            } catch (const Error& error) {
                return error.what();
            }
    return {};
}

void SetupPage::openSpec(const std::filesystem::path& file) {
    m_files.open(file);
}

void SetupPage::chooseFile() {
    auto* dialog = new QFileDialog(window(), tr("Open a spec or a sweep"), context().settings.lastFolder(),
                                   tr("Specs and sweeps (*.json)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
        context().settings.setLastFolder(QFileInfo(file).absolutePath());
        openSpec(file.toStdString());
    });
    dialog->open();
}

void SetupPage::save(bool askWhere) {
    if (!askWhere && !context().draft.file().empty()) return m_files.save(context().draft.file());
    auto* dialog =
        new QFileDialog(window(), tr("Save the spec"), context().settings.lastFolder(), tr("Specs (*.json)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("json"));
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
        context().settings.setLastFolder(QFileInfo(file).absolutePath());
        m_files.save(file.toStdString());
    });
    dialog->open();
}

// As `levi demo` runs it: the defaults were not made for so small a world, and its runs join the demo's settings.
// The keyboard goes where the next decision is: the button that had it is gone.
void SetupPage::useDemo() {
    context().draft.replace(demoSpecs().front());
    const std::vector<Problem> open = context().draft.problems();
    focusField(open.empty() ? "method.kind" : open.front().path);
}

void SetupPage::focusField(const std::string& path) {
    m_form->focusField(path);
}

std::vector<std::string> SetupPage::unfitBaselines() const {
    const auto& unfit = context().engine.insight().unfit.value;
    return unfit ? namesOf(*unfit) : std::vector<std::string>{};
}

void SetupPage::start() {
    context().runs.startRuns(context().draft.spec(), context().draft.seeds(), context().draft.study(),
                             unfitBaselines());
    Q_EMIT runsStarted();
}

void SetupPage::runStudy(const QString& study, const StudyRuns& runs) {
    m_namedStudy->hide();
    context().store.refresh();
    if (runs.pending.empty()) {
        m_notes = notesOf(
            tr("All runs of the study “%1” are there: see Results and Report.").arg(cleanText(study.toStdString())));
        return showProblems();
    }
    context().runs.startList(runs.pending, study.toStdString());
    Q_EMIT runsStarted();
}

} // namespace levi
