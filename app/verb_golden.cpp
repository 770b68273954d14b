// SPDX-License-Identifier: Apache-2.0
#include "app/run_json.h"
#include "app/verbs.h"
#include "core/jobs/engine.h"
#include "core/jobs/engine_loader.h"
#include "core/jobs/golden_report.h"
#include "core/report/escape.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <limits>
#include <memory>

namespace levi {
namespace {

struct GoldenArguments {
    GoldenRequest request;
    bool json = false;
};

Json goldenJson(const GoldenReport& report) {
    Json tensors = Json::array();
    for (const GoldenTensor& tensor : report.tensors)
        tensors.push_back({{"name", tensor.name},
                           {"path", tensor.path},
                           {"produced", tensor.produced},
                           {"largest_difference", tensor.largestDifference},
                           {"allowed", tensor.allowed},
                           {"ratio", tensor.ratio()},
                           {"passed", tensor.passed()},
                           {"remark", tensor.remark}});
    return {{"folder", report.folder},
            {"family", report.family},
            {"passed", report.passed()},
            {"tensors", std::move(tensors)}};
}

void printGolden(const GoldenReport& report) {
    for (const GoldenTensor& tensor : report.tensors)
        fmt::print("{}  {:>9.4f} of allowed  {:<8}  {}{}{}\n", tensor.passed() ? "ok  " : "FAIL", tensor.ratio(),
                   cleanLine(tensor.path), cleanLine(tensor.name), tensor.remark.empty() ? "" : ": ",
                   cleanLine(tensor.remark));
    if (const GoldenTensor* worst = report.worst())
        fmt::print("largest difference {:.3g} at tensor {}, allowed {:.3g}\n",
                   worst->produced ? worst->largestDifference : std::numeric_limits<double>::infinity(),
                   cleanLine(worst->name), worst->allowed);
    else
        fmt::print("{}: holds nothing to compare with\n", cleanLine(report.folder));
}

int golden(const GoldenArguments& arguments) {
    const GoldenReport report = engine().golden(arguments.request);
    if (arguments.json)
        printJson(goldenJson(report), 2);
    else
        printGolden(report);
    return report.passed() ? kDone : kFailed;
}

} // namespace

void addGoldenVerb(CLI::App& app, Verb& verb) {
    auto* goldenVerb = app.add_subcommand("golden", "Run a folder in the golden format and compare every tensor");
    auto arguments = std::make_shared<GoldenArguments>();
    GoldenRequest& request = arguments->request;
    goldenVerb
        ->add_option("DIR", request.folder, "Folder with config.json, weights and io.safetensors; or an adapter's")
        ->required();
    goldenVerb->add_option("--base", request.base,
                           "DIR holds a LoRA adapter in PEFT's format; the folder of its backbone (and of its inputs)");
    goldenVerb->add_flag("--plain", request.plainOnly, "Only the plain computation, without prepacked linears");
    goldenVerb->add_flag("--json", arguments->json, "As one JSON object");
    goldenVerb->callback([arguments, &verb] { verb = [arguments] { return golden(*arguments); }; });
}

} // namespace levi
