// SPDX-License-Identifier: Apache-2.0
#include "app/interrupt.h"
#include "app/invalid_spec.h"
#include "app/looks.h"
#include "app/run_batch.h"
#include "app/run_selection.h"
#include "app/spec_arguments.h"
#include "app/store_lookup.h"
#include "app/verbs.h"
#include "core/base/numbers.h"
#include "core/jobs/baseline_runs.h"
#include "core/jobs/engine.h"
#include "core/jobs/engine_loader.h"
#include "core/jobs/finished_runs.h"
#include "core/report/results_table.h"
#include "core/report/store_rows.h"
#include "core/spec/baseline_pack.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace levi {
namespace {

struct RunArguments {
    std::filesystem::path file, store;
    std::string study;
    SpecArguments spec;
    bool noCache = false, json = false;
};

// What "cached" and "all" bring in and does not fit is left out, with a sentence; what was asked for by name has to
// fit.
std::vector<std::string> withoutUnfit(const std::filesystem::path& file, const ExperimentSpec& spec) {
    const StopOnInterrupt stop;
    const auto unfit = unfitBaselines(spec, engine(), stop.token());
    std::vector<Problem> problems;
    for (const UnfitBaseline& baseline : unfit)
        if (baseline.isNamed)
            problems.push_back({"baselines", fmt::format("{}: {}", baseline.name, baseline.reason)});
        else
            fmt::print(stderr, "levi: {} is left out; {}\n", baseline.name, baseline.reason);
    if (!problems.empty()) throw InvalidSpec(file.string(), problems);
    return namesOf(unfit);
}

void tellOfMissingSeeds(const ExperimentSpec& spec, const std::vector<ExperimentSpec>& runs) {
    for (const ExperimentSpec& setting : withBaselines(spec))
        if (const auto members = membersOf(setting);
            members > 1 && std::ranges::find(runs, setting.name, &ExperimentSpec::name) == runs.end())
            fmt::print(stderr, "levi: {} is left out; a run of it joins {} seeds, the first of them 0..{}\n",
                       setting.name, members, members - 1);
}

int runSpec(const RunArguments& arguments) {
    if (arguments.noCache) engine().setCacheFolder({}); // looking at the data leaves nothing behind either
    const ExperimentSpec spec = validSpec(arguments.file, arguments.spec.assignments);
    const auto seeds = arguments.spec.seeds.empty() ? std::vector{spec.seed} : parseSeeds(arguments.spec.seeds);
    std::vector<ExperimentSpec> all = packRuns(spec, seeds, withoutUnfit(arguments.file, spec));
    announceStudy(arguments.store, arguments.study, all);
    if (!spec.baselines.empty()) {
        tellOfMissingSeeds(spec, all);
        const RunStore store(arguments.store);
        FinishedRuns(store, engine()).nameParentsByCell(all);
    }
    const auto result = runBatch(all, {.storeFile = arguments.store,
                                       .useCache = !arguments.noCache,
                                       .study = arguments.study,
                                       .atOnce = arguments.spec.atOnce,
                                       .json = arguments.json});
    noteLook(arguments.store, result.runs, "levi run");
    if (!arguments.json && result.runs.size() > 1)
        fmt::print("\n{}", toPlainText(resultsTable(resultRows(result.runs)).table));
    return result.exitCode;
}

} // namespace

void addRunVerb(CLI::App& app, Verb& verb) {
    auto* run = app.add_subcommand("run", "Train and judge what a spec describes, one run a seed");
    auto arguments = std::make_shared<RunArguments>();
    run->add_option("SPEC", arguments->file, "JSON file; `levi docs` prints the reference of its fields")->required();
    addStoreOption(*run, arguments->store);
    addSpecArguments(*run, arguments->spec);
    run->add_option("--study", arguments->study, "The study that the runs belong to: see `levi study`");
    run->add_flag("--no-cache", arguments->noCache, "Do the same backbone pass, but read and write no cache file");
    run->add_flag("--json", arguments->json, "One JSON object a line, when a run ends");
    run->footer(
        "Runs again even what the store holds already. The first Ctrl-C stops after the current batch and keeps\n"
        "what there is, the second one quits.");
    run->callback([arguments, &verb] { verb = [arguments] { return runSpec(*arguments); }; });
}

} // namespace levi
