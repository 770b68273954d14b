// SPDX-License-Identifier: Apache-2.0
#include "app/checked_by.h"
#include "app/looks.h"
#include "app/run_json.h"
#include "app/run_selection.h"
#include "app/statistic_options.h"
#include "app/verbs.h"
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/report/metric_style.h"
#include "core/report/run_report.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>

namespace levi {
namespace {

struct ReportArguments {
    RunSelection selection;
    std::filesystem::path out = "levi-report.html";
    std::string metric, title; // metric "": that of the study, or accuracy, of numbers rmse
    StatisticArguments statistic;
    bool json = false;

    // "": what is usual for the runs.
    std::string metricFor(const SelectedRuns& selected) const {
        return metric.empty() && selected.study ? selected.study->plan.metric : metric;
    }
};

HtmlReport reportOf(SelectedRuns selected, const ReportArguments& arguments) {
    const RunStore store(arguments.selection.store, RunStore::Access::Read);
    HtmlReport document = storeReport(store, {.metric = arguments.metricFor(selected),
                                              .statistic = arguments.statistic.asked(),
                                              .runs = std::move(selected.runs),
                                              .studies = std::move(selected.studies)});
    if (!arguments.title.empty()) document.title = arguments.title;
    return document;
}

// Without the dot.
std::string endingOf(const std::filesystem::path& file) {
    const std::string ending = file.extension().string();
    if (ending.empty()) throw Error("{}: expected a file that ends in .html, .csv, .md, .tex or .json", file.string());
    return ending == ".htm" ? "html" : ending.substr(1);
}

int report(const ReportArguments& arguments) {
    const std::string ending = endingOf(arguments.out);
    const SelectedRuns selected = selectRuns(arguments.selection);
    const HtmlReport document = reportOf(selected, arguments);
    writeFileAtomically(arguments.out, ending == "html" ? toHtmlDocument(document)
                                                        : writeTables(tablesOf(document), tableFormatNamed(ending)));
    noteLook(arguments.selection.store, selected.runs, "levi report");
    const std::string file = std::filesystem::absolute(arguments.out).string();
    if (arguments.json)
        printJson({{"file", file}});
    else
        fmt::print("{}\n", file);
    return kDone;
}

} // namespace

void addReportVerb(CLI::App& app, Verb& verb) {
    auto* reportVerb = app.add_subcommand("report", "Write a report of a store: one HTML file, or its tables");
    auto arguments = std::make_shared<ReportArguments>();
    addRunSelection(*reportVerb, arguments->selection);
    reportVerb
        ->add_option(
            "--out", arguments->out,
            "Ends in .html (all, with the figures of studies alone), or .csv, .md, .tex or .json: studies and tables")
        ->check(checkedBy([](const std::string& file) { tableFormatNamed(endingOf(file)); }))
        ->capture_default_str();
    reportVerb
        ->add_option("--metric", arguments->metric, "Of the first table; else that of the study, or accuracy or RMSE")
        ->check(CLI::IsMember(metricKeys()));
    addStatisticOptions(*reportVerb, arguments->statistic);
    reportVerb->add_flag("--json", arguments->json, "Print the file's name as JSON");
    reportVerb->add_option("--title", arguments->title, "Of the document");
    reportVerb->footer("With figures: levi-workbench --store FILE --report --out OUT.html");
    reportVerb->callback([arguments, &verb] {
        asUsage([&] { requireSpreadOf(arguments->statistic.asked()); });
        verb = [arguments] { return report(*arguments); };
    });
}

} // namespace levi
