// SPDX-License-Identifier: Apache-2.0
#include "app/looks.h"
#include "app/run_json.h"
#include "app/store_lookup.h"
#include "app/verbs.h"
#include "core/base/numbers.h"
#include "core/report/table.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace levi {
namespace {

struct RunsArguments {
    std::filesystem::path store;
    bool json = false;
};

// A run that was imported has figures and no files: nothing can be predicted with it or derived from it.
std::string filesText(const RunSummary& run, const KeptFiles& kept) {
    if (run.state != RunState::Done) return {};
    if (kept.weights) return "weights";
    return kept.predictions ? "predictions" : std::string(kMissing);
}

std::vector<Cell> rowOf(const RunSummary& run, const KeptFiles& kept) {
    return {integerCell(run.id),
            textCell(run.cell.substr(0, 8)),
            textCell(run.name),
            textCell(run.taps),
            textCell(std::to_string(run.seed)),
            textCell(nameOf(run.state)),
            textCell(durationText(run.seconds)),
            textCell(filesText(run, kept)),
            textCell(run.state == RunState::Done ? testFiguresText(run) : run.message)};
}

int listRuns(const RunsArguments& arguments) {
    const RunStore store(arguments.store, RunStore::Access::Read);
    const auto runs = store.runs();
    auto files = store.keptFiles();
    noteLook(arguments.store, runs, "levi runs");
    if (arguments.json) {
        Json all = Json::array();
        for (const RunSummary& run : runs)
            all.push_back(runJson(run));
        printJson(all);
        return kDone;
    }
    const bool areNumbers =
        std::ranges::any_of(runs, [](const RunSummary& run) { return leadingMetric(run) == "rmse"; });
    Table table;
    table.columns = {{"run", Align::Right},
                     {"cell"},
                     {"name"},
                     {"taps"},
                     {"seed", Align::Right},
                     {"state"},
                     {"time", Align::Right},
                     {"keeps"},
                     {areNumbers ? "accuracy or RMSE" : "accuracy"}};
    for (const RunSummary& run : runs)
        table.rows.push_back(rowOf(run, files[run.id]));
    const auto bare = std::ranges::count_if(
        runs, [&](const RunSummary& run) { return run.state == RunState::Done && files[run.id] == KeptFiles{}; });
    if (bare > 0)
        table.notes = {fmt::format("{} of the finished runs keep no files, as those of an imported bundle: they have "
                                   "figures, and nothing to predict with or to build on.",
                                   bare)};
    fmt::print("{}", toPlainText(table));
    return kDone;
}

} // namespace

void addRunsVerb(CLI::App& app, Verb& verb) {
    auto* runs = app.add_subcommand("runs", "List the runs of a store, oldest first");
    auto arguments = std::make_shared<RunsArguments>();
    addStoreOption(*runs, arguments->store);
    runs->add_flag("--json", arguments->json, "An array of the objects that `levi run --json` prints");
    runs->callback([arguments, &verb] { verb = [arguments] { return listRuns(*arguments); }; });
}

} // namespace levi
