// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/report_export.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/hash.h"
#include "core/report/run_report.h"
#include "core/store/run_store.h"
#include "ui/pages/results_figures.h"

#include <algorithm>
#include <utility>

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
    IdOodPlot idOod;
    idOod.setValues(idOodValues(view));
    if (!idOod.isEmpty()) figures.push_back(figureOf(idOod, idOodDescription(view)));
    DomainPlot domains;
    domains.setValues(domainValues(view));
    if (!domains.isEmpty()) figures.push_back(figureOf(domains, domainDescription(view)));
    DifferencePlot differences;
    differences.setValues(differenceValues(view));
    if (!differences.isEmpty()) figures.push_back(figureOf(differences, differenceDescription(view)));
    return figures;
}

std::vector<RunSummary> runsOf(const RunStore& store, const ResultsQuestion& question) {
    std::vector<RunSummary> runs = store.runs(question.rule);
    if (!question.study.empty())
        std::erase_if(runs, [&](const RunSummary& run) { return run.study != question.study; });
    return runs;
}

std::vector<StudyRecord> studiesOf(const RunStore& store, const std::vector<RunSummary>& runs) {
    std::vector<StudyRecord> studies = store.studies();
    std::erase_if(studies, [&](const StudyRecord& study) {
        return std::ranges::find(runs, study.plan.name, &RunSummary::study) == runs.end();
    });
    return studies;
}

std::string keyOf(HtmlReport report, const ResultsQuestion& question) {
    report.summary.clear(); // says when it was written
    return fmt::format("{} {} {} {}", fingerprint(toHtmlDocument(report)), static_cast<int>(question.statistic),
                       static_cast<int>(question.spread), question.baseline);
}

} // namespace

ReportContent readReport(const std::filesystem::path& storeFile, const ResultsQuestion& question) {
    if (!std::filesystem::exists(storeFile))
        throw Error("{}: no such store; run something into it first, or name another one with --store",
                    storeFile.string());
    const RunStore store(storeFile, RunStore::Access::Read);
    RunReportInput input{
        .metric = question.metric, .statistic = statisticOf(question), .runs = runsOf(store, question)};
    input.studies = studiesOf(store, input.runs);
    ResultsQuestion ofAllData = question; // as studies state their comparisons
    ofAllData.data.clear();
    ResultsView view = makeResultsView(input.runs, ofAllData);
    HtmlReport report = storeReport(store, std::move(input));
    std::string key = keyOf(report, question);
    return {.report = std::move(report), .view = std::move(view), .key = std::move(key)};
}

std::vector<Figure> reportFigures(const ResultsView& view) {
    return figuresOf(view);
}

void writeHtmlReport(const std::filesystem::path& storeFile, const std::filesystem::path& outFile,
                     const ResultsQuestion& question) {
    ReportContent content = readReport(storeFile, question);
    content.report.figures = reportFigures(content.view);
    writeFileAtomically(outFile, toHtmlDocument(content.report));
}

} // namespace levi
