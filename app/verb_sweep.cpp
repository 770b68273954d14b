// SPDX-License-Identifier: Apache-2.0
#include "app/checked_by.h"
#include "app/interrupt.h"
#include "app/invalid_spec.h"
#include "app/looks.h"
#include "app/run_batch.h"
#include "app/run_selection.h"
#include "app/spec_arguments.h"
#include "app/store_lookup.h"
#include "app/verbs.h"
#include "core/base/files.h"
#include "core/base/numbers.h"
#include "core/jobs/engine.h"
#include "core/jobs/engine_loader.h"
#include "core/jobs/finished_runs.h"
#include "core/jobs/run_recorder.h"
#include "core/report/results_table.h"
#include "core/report/store_rows.h"
#include "core/spec/sweep.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>

namespace levi {
namespace {

// "1/3": the first of three parts.
struct Part {
    std::size_t number = 1, count = 1;
};

Part partOf(const std::string& text) {
    Part part;
    const char* end = text.data() + text.size();
    const auto first = std::from_chars(text.data(), end, part.number);
    const bool hasSlash = first.ec == std::errc() && first.ptr != end && *first.ptr == '/';
    const auto second = hasSlash ? std::from_chars(first.ptr + 1, end, part.count) : first;
    if (!hasSlash || second.ec != std::errc() || second.ptr != end || part.number < 1 || part.number > part.count)
        throw Error("found '{}', expected K/N with 1 <= K <= N, such as 1/3", text);
    return part;
}

struct SweepArguments {
    std::filesystem::path file, store;
    SpecArguments spec;
    std::string part = "1/1", study;
    bool preview = false, noCache = false, json = false;
};

SweepList listedIn(const SweepArguments& arguments) {
    SweepRead read = [&] {
        try {
            return readSweep(arguments.file);
        } catch (const Error& error) {
            throw InvalidSpec(arguments.file.string(), {{"", error.what()}});
        }
    }();
    if (!read.problems.empty()) throw InvalidSpec(arguments.file.string(), read.problems);
    if (!arguments.spec.seeds.empty()) read.sweep.seeds = parseSeeds(arguments.spec.seeds);
    read.problems = applyAssignments(read.sweep.base, arguments.spec.assignments);
    if (!read.problems.empty()) throw InvalidSpec("--set", read.problems);
    SweepList list = listOf(read.sweep);
    if (!list.problems.empty()) throw InvalidSpec(arguments.file.string(), list.problems);
    return list;
}

bool isDerived(const ExperimentSpec& spec) {
    return spec.method.kind().method.isDerived;
}

// One sweep on one store: what is done already, what is not, and doing it.
class SweepRun {
public:
    explicit SweepRun(const SweepArguments& arguments)
        : m_arguments(arguments),
          m_list(listedIn(arguments)),
          m_store(arguments.store),
          m_finished(m_store, engine(), m_stop.token()) {
        checkFiles();
        m_finished.nameParentsByCell(m_list.specs);
    }

    int preview() {
        Table table;
        table.caption = fmt::format("{} settings, {} runs", m_list.settings, m_list.specs.size());
        if (m_list.repeated > 0)
            table.notes.push_back(fmt::format("{} settings are equal to earlier ones and left out.", m_list.repeated));
        table.columns = {{"setting"},
                         {"method"},
                         {"seeds"},
                         {"done", Align::Right},
                         {"parameters", Align::Right},
                         {"a run takes about", Align::Right},
                         {"what is left", Align::Right}};
        double left = 0;
        for (std::size_t first = 0; first < m_list.specs.size(); first += seedCount())
            table.rows.push_back(previewRow(first, left));
        table.notes.push_back(
            fmt::format("What is left takes about {}, the feature pass included once a setting.", durationText(left)));
        fmt::print("{}", m_arguments.json ? toJson(table) + "\n" : toPlainText(table));
        return kDone;
    }

    int run() {
        announceStudy(m_arguments.store, m_arguments.study, seeds());
        const auto trained = [](const ExperimentSpec& spec) { return !isDerived(spec); };
        if (const int code = runPending(trained); code != kDone) return code;
        m_finished.refresh();
        const int code = runPending(isDerived);
        if (!m_arguments.json) printTable();
        noteLook(m_arguments.store, m_runs, "levi sweep");
        return code;
    }

private:
    std::size_t seedCount() const { return m_list.specs.size() / std::max<std::size_t>(1, m_list.settings); }

    std::vector<std::uint64_t> seeds() const {
        std::vector<std::uint64_t> all;
        for (std::size_t i = 0; i < std::min(seedCount(), m_list.specs.size()); ++i)
            all.push_back(m_list.specs[i].seed);
        return all;
    }

    // Problems in files and devices, of each setting: before the first run, not in the middle of the night.
    void checkFiles() const {
        std::vector<Problem> problems;
        for (std::size_t first = 0; first < m_list.specs.size(); first += seedCount())
            for (Problem& problem : engine().problems(m_list.specs[first], m_stop.token())) {
                problem.message += fmt::format(" (setting '{}')", runName(m_list.specs[first]));
                problems.push_back(std::move(problem));
            }
        if (!problems.empty()) throw InvalidSpec(m_arguments.file.string(), problems);
    }

    std::vector<Cell> previewRow(std::size_t first, double& left) {
        const ExperimentSpec& spec = m_list.specs[first];
        std::vector<std::uint64_t> seeds;
        std::int64_t done = 0;
        for (std::size_t i = first; i < first + seedCount(); ++i) {
            seeds.push_back(m_list.specs[i].seed);
            done += m_finished.find(m_list.specs[i]) ? 1 : 0;
        }
        const CostEstimate cost =
            isDerived(spec) ? CostEstimate{} : engine().estimate(spec, cacheHome(), m_stop.token());
        const double rest = cost.seconds * static_cast<double>(static_cast<std::int64_t>(seeds.size()) - done);
        left += rest;
        const auto seconds = [](double value) {
            return value > 0 ? numberCell(durationText(value), value) : missingCell();
        };
        return {textCell(runName(spec)),
                textCell(spec.method.kind().key),
                textCell(seedsText(seeds)),
                integerCell(done),
                cost.trainableParameters > 0 ? numberCell(countText(static_cast<double>(cost.trainableParameters)),
                                                          static_cast<double>(cost.trainableParameters))
                                             : missingCell(),
                seconds(cost.seconds),
                seconds(rest)};
    }

    template<typename Rule>
    int runPending(Rule belongs) {
        const Part part = partOf(m_arguments.part);
        std::vector<ExperimentSpec> pending;
        for (std::size_t i = 0; i < m_list.specs.size(); ++i) {
            if (!belongs(m_list.specs[i]) || i % part.count != part.number - 1) continue;
            if (const auto run = m_finished.find(m_list.specs[i])) {
                if (!m_arguments.study.empty()) m_store.assign(run->id, m_arguments.study);
                if (m_arguments.json) printRun(*run, true);
                m_runs.push_back(*run);
            } else {
                pending.push_back(m_list.specs[i]);
            }
        }
        if (pending.empty()) return kDone;
        const auto result = runBatch(pending, {.storeFile = m_arguments.store,
                                               .useCache = !m_arguments.noCache,
                                               .study = m_arguments.study,
                                               .json = m_arguments.json});
        m_runs.insert(m_runs.end(), result.runs.begin(), result.runs.end());
        return result.exitCode;
    }

    void printTable() const { fmt::print("\n{}", toPlainText(resultsTable(resultRows(m_runs)).table)); }

    const SweepArguments& m_arguments;
    StopOnInterrupt m_stop;
    SweepList m_list;
    RunStore m_store;
    FinishedRuns m_finished;
    std::vector<RunSummary> m_runs;
};

} // namespace

void addSweepVerb(CLI::App& app, Verb& verb) {
    auto* sweep = app.add_subcommand("sweep", "Run many settings that one file lists; goes on where it was left");
    auto arguments = std::make_shared<SweepArguments>();
    sweep->add_option("FILE", arguments->file, "JSON file: base spec, variants, grid, pairs, random draws, seeds")
        ->required();
    addStoreOption(*sweep, arguments->store);
    addSpecArguments(*sweep, arguments->spec);
    sweep
        ->add_option("--part", arguments->part,
                     "K/N: only every N-th run, from the K-th: for several processes at once")
        ->check(checkedBy(partOf))
        ->capture_default_str();
    sweep->add_option("--study", arguments->study,
                      "The study that the runs belong to, finished ones too: see `levi study`");
    sweep->add_flag("--preview", arguments->preview,
                    "List the settings, what is done and what the rest costs; run nothing");
    sweep->add_flag("--no-cache", arguments->noCache, "Do the same backbone pass, but read and write no cache file");
    sweep->add_flag("--json", arguments->json, "One JSON object a run; with --preview the table as JSON");
    sweep->footer("--set changes the base, --seeds takes the place of the file's; what a variant says counts more.\n"
                  "A run whose setting, seed and numerics version the store holds finished is not run again. Derived "
                  "methods come\n"
                  "last, when their parents are there.");
    sweep->callback([arguments, &verb] {
        verb = [arguments] {
            if (arguments->noCache) engine().setCacheFolder({}); // looking at the data leaves nothing behind either
            SweepRun run(*arguments);
            return arguments->preview ? run.preview() : run.run();
        };
    });
}

} // namespace levi
