// SPDX-License-Identifier: Apache-2.0
#include "app/interrupt.h"
#include "app/run_json.h"
#include "app/verb_tokenize.h"
#include "app/verbs.h"
#include "core/jobs/bench_report.h"
#include "core/jobs/engine.h"
#include "core/jobs/engine_loader.h"
#include "core/report/escape.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>

namespace levi {
namespace {

struct BenchArguments {
    std::filesystem::path folder;
    BenchOptions options;
    bool json = false;
};

Json figureJson(const BenchFigure& figure) {
    return {{"seconds_per_batch", figure.secondsPerBatch},
            {"samples_per_second", figure.samplesPerSecond},
            {"gflop_per_second", figure.gflopPerSecond},
            {"fraction_of_matrix_rate", figure.fractionOfMatrixRate}};
}

Json benchJson(const BenchReport& report) {
    return {{"folder", report.folder},
            {"architecture", report.architecture},
            {"random_weights", report.randomWeights},
            {"batch", report.batch},
            {"tokens", report.tokens},
            {"pairs", report.pairs},
            {"threads", report.threads},
            {"gflop_per_sample", report.gflopPerSample},
            {"matrix_gflop_per_second", report.matrixGflopPerSecond},
            {"plain", figureJson(report.plain)},
            {"packed", report.hasPacked ? figureJson(report.packed) : Json(nullptr)},
            {"speedup", report.hasPacked ? Json(report.speedup) : Json(nullptr)}};
}

void printFigure(const char* name, const BenchFigure& figure) {
    fmt::print("{:<7} {:>9.1f} samples/s  {:>8.1f} GFLOP/s  {:>5.1f} % of the matrix product rate\n", name,
               figure.samplesPerSecond, figure.gflopPerSecond, 100 * figure.fractionOfMatrixRate);
}

void printBench(const BenchReport& report) {
    fmt::print("{}: {}, batch {}{}, {} threads, {:.2f} GFLOP a sample{}\n", cleanLine(report.folder),
               cleanLine(report.architecture), report.batch,
               report.tokens > 0 ? fmt::format(" of {} tokens", report.tokens) : std::string(), report.threads,
               report.gflopPerSample, report.randomWeights ? ", random weights" : "");
    fmt::print("matrix product: {:.1f} GFLOP/s; medians of {} alternating measurements\n", report.matrixGflopPerSecond,
               report.pairs);
    printFigure("plain", report.plain);
    if (!report.hasPacked) return;
    printFigure("packed", report.packed);
    fmt::print("packed is {:.2f} times as fast as plain\n", report.speedup);
}

int bench(const BenchArguments& arguments) {
    const StopOnInterrupt stop;
    const BenchReport report = engine().benchForward(arguments.folder, arguments.options, stop.token());
    if (interrupts() > 0) return kCancelled; // medians of fewer pairs than asked for are not told
    if (arguments.json)
        printJson(benchJson(report));
    else
        printBench(report);
    return kDone;
}

} // namespace

void addBenchVerb(CLI::App& app, Verb& verb) {
    auto* benchVerb = app.add_subcommand("bench", "Measure speed");
    benchVerb->require_subcommand(1);
    auto* forward = benchVerb->add_subcommand("forward", "The forward pass of a backbone, prepacked against plain");
    auto arguments = std::make_shared<BenchArguments>();
    forward->add_option("DIR", arguments->folder, "Folder with config.json; without weights they are random")
        ->required();
    forward->add_option("--batch", arguments->options.batch, "Pictures or texts a batch")
        ->check(CLI::Range(1, 4096))
        ->capture_default_str();
    forward->add_option("--tokens", arguments->options.tokens, "Length of the texts, where it reads texts")
        ->check(CLI::Range(1, 65536))
        ->capture_default_str();
    forward->add_option("--pairs", arguments->options.pairs, "Measurements of each")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    forward->add_flag("--plain", arguments->options.plainOnly, "Measure the plain computation alone");
    forward->add_flag("--json", arguments->json, "As one JSON object");
    forward->callback([arguments, &verb] { verb = [arguments] { return bench(*arguments); }; });
    addBenchTokenizeVerb(*benchVerb, verb);
}

} // namespace levi
