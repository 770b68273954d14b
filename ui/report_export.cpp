// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/report_export.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/report/run_report.h"
#include "core/store/run_store.h"
#include "ui/pages/results_figures.h"

#include <QDateTime>

namespace levi {
namespace {

constexpr int kFigureWidth = 720; // CSS pixels

Figure figureOf(PlotFrame& plot, const QString& description) {
    return {.title = plot.figureTitle().toStdString(),
            .svg = plot.toSvg(plot.figureSize(kFigureWidth)).toStdString(),
            .description = description.toStdString()};
}

std::vector<Figure> figuresOf(const ResultsView& view) {
    std::vector<Figure> figures;
    const QString spread = spreadName(view.question.spread);
    IdOodPlot idOod;
    idOod.setValues(idOodValues(view));
    if (!idOod.isEmpty())
        figures.push_back(
            figureOf(idOod, IdOodPlot::tr("Large: mean over seeds with its %1. Small: each seed.").arg(spread)));
    DomainPlot domains;
    domains.setValues(domainValues(view));
    if (!domains.isEmpty())
        figures.push_back(
            figureOf(domains, DomainPlot::tr("Means over seeds with their %1. Full: in-distribution; pale: "
                                             "out-of-distribution; hatched: further settings of one method.")
                                  .arg(spread)));
    DifferencePlot differences;
    differences.setValues(differenceValues(view));
    if (!differences.isEmpty())
        figures.push_back(figureOf(
            differences,
            DifferencePlot::tr("Mean difference with its 95 % t-interval; p of the exact sign-flip test. Solid: "
                               "in-distribution; dashed: out-of-distribution.")));
    return figures;
}

} // namespace

void writeHtmlReport(const std::filesystem::path& storeFile, const std::filesystem::path& outFile,
                     const std::string& metric) {
    if (!std::filesystem::exists(storeFile))
        throw Error("{}: no such store; run something into it first, or name another one with --store",
                    storeFile.string());
    const RunStore store(storeFile, RunStore::Access::Read);
    RunReportInput input{.title = "LEVI Workbench: " + storeFile.filename().string(),
                         .source = storeFile.filename().string(),
                         .written =
                             QDateTime::currentDateTime().toString(QStringLiteral("d MMMM yyyy, HH:mm")).toStdString(),
                         .metric = metric,
                         .runs = store.runs()};
    for (const RunSummary& run : input.runs)
        input.environments[run.id] = store.environment(run.id);
    input.figures = figuresOf(makeResultsView(input.runs, {.metric = metric}));
    writeFileAtomically(outFile, toHtmlDocument(runReport(input)));
}

} // namespace levi
