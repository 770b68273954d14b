// SPDX-License-Identifier: Apache-2.0
#include "app/checked_by.h"
#include "app/store_lookup.h"
#include "app/verbs.h"
#include "core/base/files.h"
#include "core/report/results_table.h"
#include "core/report/store_rows.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <map>
#include <memory>

#include <unistd.h>

namespace levi {
namespace {

struct TableArguments {
    std::filesystem::path store, out;
    std::string format, spread = "interval";
    ResultsTableOptions options;
    bool perRun = false, json = false;
};

const std::map<std::string, Spread> kSpreads = {
    {"interval", Spread::TInterval}, {"sd", Spread::StandardDeviation}, {"se", Spread::StandardError}};

std::string formatOf(const TableArguments& arguments) {
    if (arguments.json) return "json";
    if (!arguments.format.empty()) return arguments.format;
    return arguments.out.has_extension() ? arguments.out.extension().string().substr(1) : "plain";
}

int table(const TableArguments& arguments) {
    const TableFormat format = tableFormatNamed(formatOf(arguments));
    const RunStore store(arguments.store, RunStore::Access::Read);
    const auto rows = resultRows(store.runs());
    ResultsTableOptions options = arguments.options;
    options.spread = kSpreads.at(arguments.spread);
    const Table made = arguments.perRun ? runsTable(rows, options) : resultsTable(rows, options).table;
    const bool ansi = format == TableFormat::Plain && arguments.out.empty() && ::isatty(STDOUT_FILENO) == 1;
    const std::string text = ansi ? toPlainText(made, {.ansi = true}) : writeTable(made, format);
    if (arguments.out.empty())
        fmt::print("{}{}", text, text.ends_with('\n') ? "" : "\n");
    else
        writeFileAtomically(arguments.out, text);
    return kDone;
}

} // namespace

void addTableVerb(CLI::App& app, Verb& verb) {
    auto* tableVerb = app.add_subcommand("table", "The results table: a row a setting, mean and interval over seeds");
    auto arguments = std::make_shared<TableArguments>();
    addStoreOption(*tableVerb, arguments->store);
    tableVerb->add_option("--metric", arguments->options.metric, "accuracy, macro_f1, auc, nll, ece or worst_group")
        ->check(CLI::IsMember({"accuracy", "macro_f1", "auc", "nll", "ece", "worst_group"}));
    tableVerb->add_option("--spread", arguments->spread, "What stands behind ±: interval, sd or se")
        ->check(CLI::IsMember({"interval", "sd", "se"}));
    tableVerb->add_option("--level", arguments->options.level, "Of the interval")->check(CLI::Range(0.5, 0.999));
    tableVerb->add_option("--format", arguments->format, "plain, csv, markdown, latex, json or html")
        ->check(checkedBy(tableFormatNamed));
    tableVerb->add_option("--out", arguments->out, "Write into this file; its ending says the format");
    tableVerb->add_flag("--per-run", arguments->perRun, "A row a run: the seeds behind the means");
    tableVerb->add_flag("--json", arguments->json, "The same as --format json");
    tableVerb->callback([arguments, &verb] { verb = [arguments] { return table(*arguments); }; });
}

} // namespace levi
