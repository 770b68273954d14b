// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/report_page.h"

#include "core/base/files.h"
#include "ui/background.h"
#include "ui/export_file.h"
#include "ui/icons.h"
#include "ui/pages/results_figures.h"
#include "ui/results_choice.h"
#include "ui/store_reader.h"
#include "ui/study_controller.h"
#include "ui/theme.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/question_bar.h"
#include "ui/widgets/report_preview.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QStackedLayout>
#include <QVBoxLayout>

#include <utility>

namespace levi {
namespace {

constexpr int kSideWidth = 280, kFigureWidth = 680;
constexpr double kFigureScale = 2;

struct Answer {
    std::shared_ptr<const ReportContent> content; // null: see message
    QString message;
};

Answer answer(const std::filesystem::path& storeFile, const ResultsQuestion& question) {
    try {
        return {std::make_shared<const ReportContent>(readReport(storeFile, question)), {}};
    } catch (const std::exception& error) {
        return {nullptr, QString::fromUtf8(error.what())};
    }
}

QLabel* sentence(const QString& text) {
    auto* label = new QLabel(text);
    label->setProperty("role", "muted");
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    return label;
}

} // namespace

// Never shown themselves: they draw the figures of the preview.
struct ReportPage::Figures {
    IdOodPlot idOod;
    DomainPlot domains;
    DifferencePlot differences;
};

ReportPage::ReportPage(const PageContext& context, QWidget* parent)
    : Page(context, parent),
      m_plots(std::make_unique<Figures>()),
      m_stack(new QStackedLayout(this)),
      m_empty(new EmptyState({.iconName = QStringLiteral("report"),
                              .heading = tr("Nothing to report yet"),
                              .sentence = tr("Once a run has finished, its tables, figures, protocol and environment "
                                             "stand here, ready to be written as one HTML file or as tables."),
                              .button = tr("Go to Setup")})),
      m_question(new QuestionBar(context.choice)),
      m_preview(new ReportPreview) {
    connect(m_empty->button(), &QPushButton::clicked, this, [this] { Q_EMIT pageWanted(PageKind::Setup); });
    m_preview->setObjectName(QStringLiteral("report_preview"));
    m_preview->setAccessibleName(tr("Preview of the report"));
    auto* top = new QHBoxLayout;
    top->addWidget(m_question);
    top->addStretch(1);
    auto* middle = new QHBoxLayout;
    middle->setSpacing(2 * kGrid);
    middle->addWidget(m_preview, 1);
    middle->addWidget(makeSide());
    auto* padded = new QWidget;
    auto* layout = new QVBoxLayout(padded);
    layout->setContentsMargins(2 * kGrid, 2 * kGrid, 2 * kGrid, 2 * kGrid);
    layout->setSpacing(kGrid);
    layout->addLayout(top);
    layout->addLayout(middle, 1);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(padded);
    m_stack->setCurrentIndex(m_stack->addWidget(new QWidget)); // nothing, until it is known what there is
    const auto askAgain = [this] {
        m_isStale = true;
        if (isVisible()) ask();
    };
    connect(&context.store, &StoreReader::snapshotRead, this, askAgain);
    connect(&context.choice, &ResultsChoice::changed, this, askAgain);
}

ReportPage::~ReportPage() = default;

QWidget* ReportPage::makeSide() {
    auto* side = new QWidget;
    side->setFixedWidth(kSideWidth);
    auto* layout = new QVBoxLayout(side);
    layout->setContentsMargins({});
    layout->setSpacing(kGrid);
    auto* heading = new QLabel(tr("Write it"));
    heading->setFont(headingFont());
    layout->addWidget(heading);
    m_html = new QPushButton(icon(QStringLiteral("export")), tr("&HTML, with figures…"));
    m_html->setObjectName(QStringLiteral("write_html"));
    connect(m_html, &QPushButton::clicked, this, [this] {
        const QString file = chooseExportFile(this, context().settings, tr("report"), QStringLiteral("html"));
        writeTo(file, [&] { writeReport(file); });
    });
    layout->addWidget(m_html);
    layout->addWidget(sentence(tr("One file that needs nothing else: all that stands here, every spec, and the whole "
                                  "lists that are cut here.")));
    layout->addSpacing(kGrid);
    addTableButton(layout, tr("&CSV, full precision…"), TableFormat::Csv, QStringLiteral("csv"));
    addTableButton(layout, tr("Mar&kdown…"), TableFormat::Markdown, QStringLiteral("md"));
    addTableButton(layout, tr("&LaTeX, booktabs…"), TableFormat::Latex, QStringLiteral("tex"));
    addTableButton(layout, tr("&JSON, full precision…"), TableFormat::JsonObject, QStringLiteral("json"));
    layout->addWidget(sentence(tr("The tables of studies and of all results, one after the other.")));
    m_sentence = sentence({});
    m_sentence->setObjectName(QStringLiteral("report_sentence"));
    m_sentence->setProperty("role", {});
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    layout->addWidget(m_sentence);
    layout->addStretch(1);
    return side;
}

void ReportPage::addTableButton(QVBoxLayout* layout, const QString& text, TableFormat format, const QString& suffix) {
    auto* button = new QPushButton(text);
    button->setObjectName(QStringLiteral("write_%1").arg(suffix));
    connect(button, &QPushButton::clicked, this, [this, format, suffix] {
        const QString file = chooseExportFile(this, context().settings, tr("tables"), suffix);
        writeTo(file, [&] { writeTables(file, format); });
    });
    layout->addWidget(button);
}

QWidget* ReportPage::firstFocus() {
    if (m_stack->currentIndex() == 0) return m_empty->button();
    return m_stack->currentIndex() == 1 ? m_html : nullptr;
}

void ReportPage::prepareForScreenshot() {
    const Answer now = answer(context().store.file(), context().choice.question());
    if (!now.content) return showProblem(now.message);
    m_isStale = false;
    take(now.content);
    m_preview->finishNow();
}

void ReportPage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    if (m_hasOldColours && m_content) showPreview();
    if (m_isStale) ask();
}

void ReportPage::changeEvent(QEvent* event) {
    Page::changeEvent(event);
    if (event->type() != QEvent::PaletteChange || std::exchange(m_hasOldColours, true) || !isVisible()) return;
    const auto redraw = [this] {
        if (m_hasOldColours && m_content && isVisible()) showPreview();
    };
    QMetaObject::invokeMethod(this, redraw, Qt::QueuedConnection);
}

// One reading at a time: what has changed meanwhile is read after it.
void ReportPage::ask() {
    if (m_isBusy) return;
    m_isStale = false;
    if (!context().store.hasRead()) return; // asks again
    m_question->showStudies(context().store.snapshot()->studies);
    m_isBusy = true;
    const auto work = [file = context().store.file(), question = context().choice.question()] {
        return answer(file, question);
    };
    inBackground(this, work, [this](const Answer& now) {
        m_isBusy = false;
        if (m_isStale && isVisible()) return ask();
        now.content ? take(now.content) : showProblem(now.message);
    });
}

// A store that is not there yet is no problem: nothing has been run.
void ReportPage::showProblem(const QString& message) {
    if (context().store.snapshot()->exists) m_empty->setSentence(message);
    const bool wasEmpty = m_stack->currentIndex() == 0;
    m_stack->setCurrentIndex(0);
    if (!wasEmpty && isVisible()) firstFocus()->setFocus(Qt::OtherFocusReason);
}

void ReportPage::take(std::shared_ptr<const ReportContent> content) {
    const bool wasEmpty = m_stack->currentIndex() != 1;
    const bool isSame = m_content && m_content->key == content->key && !m_hasOldColours;
    m_content = std::move(content);
    const bool isEmpty = m_content->view.cells.empty() && context().choice.question().study.empty();
    m_stack->setCurrentIndex(isEmpty ? 0 : 1);
    if (wasEmpty && isVisible()) firstFocus()->setFocus(Qt::OtherFocusReason);
    if (isEmpty) return;
    m_question->showMetrics(m_content->view.metrics);
    m_html->setEnabled(true);
    if (!isSame || wasEmpty) showPreview();
    context().studies.noteShown(m_content->view.openStudies, "levi-workbench report");
}

void ReportPage::showPreview() {
    m_hasOldColours = false;
    m_plots->idOod.setValues(idOodValues(m_content->view));
    m_plots->domains.setValues(domainValues(m_content->view));
    m_plots->differences.setValues(differenceValues(m_content->view));
    std::vector<ReportPreview::Figure> figures;
    const auto add = [&](PlotFrame& plot, const QString& description) {
        if (!plot.isEmpty())
            figures.push_back({plot.figureTitle(), description,
                               [&plot] { return plot.toImage(plot.figureSize(kFigureWidth), kFigureScale); }});
    };
    add(m_plots->idOod, idOodDescription(m_content->view));
    add(m_plots->domains, domainDescription(m_content->view));
    add(m_plots->differences, differenceDescription(m_content->view));
    m_preview->showReport(m_content->report, std::move(figures));
}

void ReportPage::writeReport(const QString& file) const {
    writeHtmlReport(context().store.file(), file.toStdString(), context().choice.question());
}

void ReportPage::writeTables(const QString& file, TableFormat format) const {
    writeFileAtomically(
        file.toStdString(),
        levi::writeTables(tablesOf(readReport(context().store.file(), context().choice.question()).report), format));
}

// What goes wrong is said in place.
template<typename Write>
void ReportPage::writeTo(const QString& file, const Write& write) {
    if (file.isEmpty()) return;
    try {
        write();
        m_sentence->setText(tr("Written: %1").arg(file));
        if (m_content) context().studies.noteLook(m_content->view.openStudies, "levi-workbench export");
    } catch (const std::exception& error) {
        m_sentence->setText(QString::fromUtf8(error.what()));
    }
}

} // namespace levi
