// SPDX-License-Identifier: Apache-2.0
#include "app/interrupt.h"
#include "app/invalid_spec.h"
#include "app/run_batch.h"
#include "app/spec_arguments.h"
#include "app/store_lookup.h"
#include "app/verbs.h"
#include "core/base/numbers.h"
#include "core/jobs/demo_specs.h"
#include "core/jobs/engine.h"
#include "core/jobs/engine_loader.h"
#include "core/jobs/finished_runs.h"
#include "core/jobs/run_recorder.h"
#include "core/report/results_table.h"
#include "core/report/store_rows.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <thread>

namespace levi {
namespace {

constexpr unsigned kMostAtOnce = 8; // of about 0.2 GB each

int usualAtOnce(const std::vector<ExperimentSpec>& specs) {
    const bool onCpu = std::ranges::all_of(specs, [](const auto& spec) { return spec.compute.device == "cpu"; });
    return onCpu ? static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, kMostAtOnce)) : 1;
}

struct DemoArguments {
    std::filesystem::path store;
    SpecArguments spec{.seeds = "0..5", .atOnce = 0};
    bool again = false, noCache = false, json = false;
};

class Demo {
public:
    explicit Demo(const DemoArguments& arguments)
        : m_arguments(arguments), m_store(arguments.store), m_finished(m_store, engine()) {}

    int run() {
        std::vector<ExperimentSpec> specs = specsOfSeeds();
        m_finished.nameParentsByCell(specs); // names alone might mean another version of the demo in the same store
        const auto derived = std::ranges::stable_partition(
            specs, [](const ExperimentSpec& spec) { return !spec.method.kind().method.isDerived; });
        if (int code = runMissing({specs.begin(), derived.begin()}); code != kDone) return code;
        m_finished.refresh();
        const int code = runMissing({derived.begin(), derived.end()});
        if (!m_arguments.json) printTable();
        return code;
    }

private:
    std::vector<ExperimentSpec> specsOfSeeds() const {
        std::vector<ExperimentSpec> specs;
        for (const std::uint64_t seed : parseSeeds(m_arguments.spec.seeds))
            for (ExperimentSpec spec : demoSpecs()) {
                spec.seed = seed;
                if (!spec.method.kind().method.isDerived) assign(spec, m_arguments.spec.assignments);
                specs.push_back(std::move(spec));
            }
        return specs;
    }

    int runMissing(const std::vector<ExperimentSpec>& specs) {
        std::vector<ExperimentSpec> missing;
        for (const ExperimentSpec& spec : specs) {
            if (auto run = m_arguments.again ? std::nullopt : m_finished.find(spec)) {
                if (m_arguments.json) printRun(*run, true);
                run->name = runName(spec); // the table is the demo's
                run->nameInStudy.clear();
                m_runs.push_back(std::move(*run));
            } else {
                missing.push_back(spec);
            }
        }
        if (missing.empty()) return kDone;
        requireUsable(missing);
        const int asked = m_arguments.spec.atOnce;
        auto result = runBatch(missing, {.storeFile = m_arguments.store,
                                         .useCache = !m_arguments.noCache,
                                         .atOnce = asked > 0 ? asked : usualAtOnce(missing),
                                         .json = m_arguments.json});
        std::ranges::move(result.runs, std::back_inserter(m_runs));
        return result.exitCode;
    }

    // Before anything is written. Seeds of a setting have the same problems, and most settings too.
    static void requireUsable(const std::vector<ExperimentSpec>& specs) {
        const StopOnInterrupt stop;
        std::vector<Problem> problems;
        std::set<std::string> seen;
        for (const ExperimentSpec& spec : specs) {
            if (!seen.insert(spec.name).second) continue;
            for (Problem& problem : engine().problems(spec, stop.token()))
                if (std::ranges::find(problems, problem.path, &Problem::path) == problems.end())
                    problems.push_back(std::move(problem));
        }
        if (!problems.empty()) throw InvalidSpec("the demo", problems);
    }

    // In the order of the demo's list, whenever each run was made.
    void printTable() {
        const auto specs = demoSpecs();
        const auto place = [&](const RunSummary& run) {
            return std::ranges::find(specs, run.name, [](const ExperimentSpec& spec) { return runName(spec); }) -
                   specs.begin();
        };
        std::ranges::stable_sort(m_runs, {}, place);
        fmt::print("\n{}", toPlainText(resultsTable(resultRows(m_runs)).table));
    }

    const DemoArguments& m_arguments;
    RunStore m_store;
    FinishedRuns m_finished;
    std::vector<RunSummary> m_runs;
};

} // namespace

void addDemoVerb(CLI::App& app, Verb& verb) {
    auto* demo = app.add_subcommand("demo", "Train the embedded demo (no files, no network) and print its table");
    auto arguments = std::make_shared<DemoArguments>();
    addStoreOption(*demo, arguments->store);
    addSpecArguments(*demo, arguments->spec);
    demo->add_flag("--again", arguments->again, "Run also what the store holds finished already");
    demo->add_flag("--no-cache", arguments->noCache, "Do the same backbone pass, but read and write no cache file");
    demo->add_flag("--json", arguments->json, "One JSON object a run");
    demo->footer("Without --seeds: 0..5; without --at-once a run a core, at most 8, on a GPU one. A second call prints "
                 "the table of the finished runs at once.");
    demo->callback([arguments, &verb] { verb = [arguments] { return Demo(*arguments).run(); }; });
}

} // namespace levi
