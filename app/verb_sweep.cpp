// SPDX-License-Identifier: Apache-2.0
#include "app/checked_by.h"
#include "app/invalid_spec.h"
#include "app/looks.h"
#include "app/spec_arguments.h"
#include "app/store_lookup.h"
#include "app/sweep_run.h"
#include "app/verbs.h"
#include "core/base/error.h"
#include "core/base/numbers.h"
#include "core/report/results_table.h"
#include "core/report/store_rows.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace levi {
namespace {

struct SweepArguments {
    std::filesystem::path file, store;
    SpecArguments spec;
    std::string part = "1/1", study;
    bool preview = false, noCache = false, json = false;
};

Sweep sweepIn(const SweepArguments& arguments) {
    SweepRead read = [&] {
        try {
            return readSweep(arguments.file);
        } catch (const Error& error) {
            throw InvalidSpec(arguments.file.string(), {{"", error.what()}});
        }
    }();
    const auto names = [&](const char* part) {
        return std::ranges::find(read.problems, part, &Problem::path) != read.problems.end();
    };
    if (names("base") && names("data"))
        throw InvalidSpec(arguments.file.string(), {{"data", "is a part of a spec: run it with `levi run`"}});
    if (!read.problems.empty()) throw InvalidSpec(arguments.file.string(), read.problems);
    if (!arguments.spec.seeds.empty()) read.sweep.seeds = parseSeeds(arguments.spec.seeds);
    read.problems = applyAssignments(read.sweep.base, arguments.spec.assignments);
    if (!read.problems.empty()) throw InvalidSpec("--set", read.problems);
    return std::move(read.sweep);
}

int sweep(const SweepArguments& arguments) {
    const Sweep read = sweepIn(arguments);
    SweepList list = listOf(read);
    if (!list.problems.empty()) throw InvalidSpec(arguments.file.string(), list.problems);
    SweepRunOptions options{.store = arguments.store,
                            .source = arguments.file.string(),
                            .study = arguments.study,
                            .part = partOf(arguments.part),
                            .tuningTrials = tuningTrials(read, list),
                            .halving = read.halving,
                            .useCache = !arguments.noCache,
                            .json = arguments.json,
                            .atOnce = arguments.spec.atOnce};
    SweepRun run(std::move(list), std::move(options));
    if (arguments.preview) return run.preview();
    const int code = run.run();
    if (!arguments.json) fmt::print("\n{}", toPlainText(resultsTable(resultRows(run.runs())).table));
    noteLook(arguments.store, run.runs(), "levi sweep");
    return code;
}

} // namespace

void addSweepVerb(CLI::App& app, Verb& verb) {
    auto* sweepVerb = app.add_subcommand("sweep", "Run many settings that one file lists; goes on where it was left");
    auto arguments = std::make_shared<SweepArguments>();
    sweepVerb
        ->add_option("FILE", arguments->file,
                     "JSON file: base spec, variants, grid, pairs, random draws, seeds, rounds")
        ->required();
    addStoreOption(*sweepVerb, arguments->store);
    addSpecArguments(*sweepVerb, arguments->spec);
    sweepVerb
        ->add_option("--part", arguments->part,
                     "K/N: only every N-th run, from the K-th: for several processes at once")
        ->check(checkedBy(partOf))
        ->capture_default_str();
    sweepVerb->add_option("--study", arguments->study,
                          "The study that the runs belong to, finished ones too: see `levi study`");
    sweepVerb->add_flag("--preview", arguments->preview,
                        "List the settings, what is done and what the rest costs; run nothing");
    sweepVerb->add_flag("--no-cache", arguments->noCache,
                        "Do the same backbone pass, but read and write no cache file");
    sweepVerb->add_flag("--json", arguments->json, "One JSON object a run; with --preview the table as JSON");
    sweepVerb->footer(
        "--set changes the base, --seeds takes the place of the file's; what a variant says counts more.\n"
        "A run whose setting, seed and numerics version the store holds finished is not run again. "
        "Derived methods come\n"
        "last, when their parents are there.");
    sweepVerb->callback([arguments, &verb] { verb = [arguments] { return sweep(*arguments); }; });
}

} // namespace levi
