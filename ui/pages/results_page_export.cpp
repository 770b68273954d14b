// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/files.h"
#include "ui/export_file.h"
#include "ui/icons.h"
#include "ui/pages/results_figures.h"
#include "ui/pages/results_page.h"
#include "ui/report_export.h"
#include "ui/results_choice.h"
#include "ui/store_reader.h"
#include "ui/study_controller.h"
#include "ui/widgets/table_browser.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QSpinBox>
#include <QTabWidget>
#include <QToolButton>
#include <QWidgetAction>

namespace levi {
namespace {

constexpr double kMillimetresPerInch = 25.4;
constexpr double kPixelsPerInch = 96;
constexpr double kPngScale = 3; // 288 dots an inch

} // namespace

// What is exported is what is seen: the table of the metric that is picked, the figure or the table in sight below.
void ResultsPage::fillExportMenu() {
    m_export = new QToolButton;
    m_export->setText(tr("E&xport"));
    m_export->setIcon(icon(QStringLiteral("export")));
    m_export->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_export->setPopupMode(QToolButton::InstantPopup);
    m_export->setObjectName(QStringLiteral("export"));
    auto* menu = new QMenu(m_export);
    addTableActions(*menu, tr("Table"), &ResultsPage::exportTable);
    const QList<QAction*> ofFigure = addFigureActions(*menu);
    const QList<QAction*> ofTable = addTableActions(*menu, tr("Table in sight"), &ResultsPage::exportTableInSight);
    connect(menu, &QMenu::aboutToShow, this, [this, ofFigure, ofTable] {
        for (QAction* action : ofFigure)
            action->setVisible(figure() != nullptr);
        for (QAction* action : ofTable)
            action->setVisible(figure() == nullptr);
    });
    menu->addSection(tr("Everything"));
    menu->addAction(tr("Report, one HTML file…"), this, &ResultsPage::chooseReportFile);
    m_export->setMenu(menu);
}

QList<QAction*> ResultsPage::addTableActions(QMenu& menu, const QString& title, WriteTable write) {
    QList<QAction*> actions = {menu.addSection(title)};
    const auto add = [&](const QString& text, TableFormat format, const char* suffix) {
        actions << menu.addAction(
            text, this, [this, format, suffix, write] { chooseTableFile(format, QLatin1String(suffix), write); });
    };
    add(tr("CSV, full precision…"), TableFormat::Csv, "csv");
    add(tr("Markdown…"), TableFormat::Markdown, "md");
    add(tr("LaTeX, booktabs…"), TableFormat::Latex, "tex");
    add(tr("JSON, full precision…"), TableFormat::JsonObject, "json");
    return actions;
}

QList<QAction*> ResultsPage::addFigureActions(QMenu& menu) {
    QList<QAction*> actions = {menu.addSection(tr("Figure in sight"))};
    const auto add = [&](const QString& text, FigureFormat format, const char* suffix) {
        actions << menu.addAction(text, this,
                                  [this, format, suffix] { chooseFigureFile(format, QLatin1String(suffix)); });
    };
    add(tr("SVG…"), FigureFormat::Svg, "svg");
    add(tr("PDF…"), FigureFormat::Pdf, "pdf");
    add(tr("PNG…"), FigureFormat::Png, "png");
    m_width = new QSpinBox;
    m_width->setRange(40, 400);
    m_width->setValue(140);
    m_width->setSuffix(tr(" mm wide"));
    m_width->setToolTip(tr("Width of the exported figure; text keeps its size"));
    auto* holder = new QWidget;
    auto* row = new QHBoxLayout(holder);
    row->setContentsMargins(24, 2, 8, 2);
    row->addWidget(m_width);
    auto* width = new QWidgetAction(&menu);
    width->setDefaultWidget(holder);
    menu.addAction(width);
    actions << width;
    return actions;
}

PlotFrame* ResultsPage::figure() const {
    const std::array<PlotFrame*, 3> figures = {m_idOod, m_domains, m_differences};
    const auto tab = static_cast<std::size_t>(std::max(0, m_figures->currentIndex()));
    return tab < figures.size() ? figures[tab] : nullptr;
}

void ResultsPage::exportTable(const QString& file, TableFormat format) const {
    if (!m_view) throw Error("there is no table to export yet");
    writeFileAtomically(file.toStdString(), writeTable(m_view->table.table, format));
}

void ResultsPage::exportTableInSight(const QString& file, TableFormat format) const {
    if (!m_tables->table()) throw Error("there is no table in sight to export");
    writeFileAtomically(file.toStdString(), writeTable(*m_tables->table(), format));
}

void ResultsPage::exportFigure(const QString& file, FigureFormat format) const {
    if (!figure()) throw Error("a table is in sight and no figure; choose one of the figures first");
    const int width = qRound(m_width->value() / kMillimetresPerInch * kPixelsPerInch);
    const QSize size = figure()->figureSize(width);
    switch (format) {
    case FigureFormat::Svg:
        return writeFileAtomically(file.toStdString(), figure()->toSvg(size).toStdString());
    case FigureFormat::Pdf:
        return figure()->writePdf(file, size);
    case FigureFormat::Png:
        if (!figure()->toImage(size, kPngScale).save(file, "PNG"))
            throw Error("{}: the picture cannot be written there; choose another folder", file.toStdString());
    }
}

// The one place of this page where a file is written because somebody asked for it: what goes wrong is said in place.
template<typename Write>
void ResultsPage::writeTo(const QString& file, const Write& write) {
    if (file.isEmpty()) return;
    m_sentence->show();
    try {
        write();
        m_sentence->setText(tr("Written: %1").arg(file));
        if (m_view) context().studies.noteLook(m_view->openStudies, "levi-workbench export");
    } catch (const std::exception& error) {
        m_sentence->setText(QString::fromUtf8(error.what()));
    }
}

void ResultsPage::chooseTableFile(TableFormat format, const QString& suffix, WriteTable write) {
    const QString file = chooseExportFile(this, context().settings, tr("results"), suffix);
    writeTo(file, [&] { (this->*write)(file, format); });
}

void ResultsPage::chooseFigureFile(FigureFormat format, const QString& suffix) {
    const QString file = chooseExportFile(this, context().settings, tr("figure"), suffix);
    writeTo(file, [&] { exportFigure(file, format); });
}

void ResultsPage::chooseReportFile() {
    const QString file = chooseExportFile(this, context().settings, tr("report"), QStringLiteral("html"));
    writeTo(file, [&] { writeHtmlReport(context().store.file(), file.toStdString(), context().choice.question()); });
}

} // namespace levi
