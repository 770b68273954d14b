// SPDX-License-Identifier: Apache-2.0
#include "app/interrupt.h"
#include "app/run_json.h"
#include "app/store_lookup.h"
#include "app/verbs.h"
#include "core/base/error.h"
#include "core/jobs/engine.h"
#include "core/jobs/engine_loader.h"
#include "core/jobs/parents.h"
#include "core/report/escape.h"
#include "core/spec/spec_json.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace levi {
namespace {

struct PredictArguments {
    std::filesystem::path store, data;
    std::string run, device;
    bool json = false;
};

// Where the run was made, unless --device says otherwise or that is not here.
std::string deviceFor(const std::string& asked, const std::string& ofRun) {
    const std::string& wished = asked.empty() ? ofRun : asked;
    if (wished == "cpu") return wished;
    std::string found;
    for (const DeviceInfo& device : engine().devices()) {
        if (device.id == wished) return wished;
        found += (found.empty() ? "" : ", ") + device.id;
    }
    const std::string reason = engine().info().cudaProblem;
    if (!asked.empty())
        throw Error("--device: '{}' is not here; expected one of: {}{}{}", asked, found, reason.empty() ? "" : ". ",
                    reason);
    fmt::print(stderr, "levi: the run was made on {}, which is not here; predicting on cpu\n", cleanLine(ofRun));
    return "cpu";
}

PredictRequest requestOf(const PredictArguments& arguments) {
    const RunStore store(arguments.store, RunStore::Access::Read);
    const RunSummary run = runNamed(store, arguments.run);
    if (run.sealed)
        throw Error("run {} ('{}'): a study that it belongs to, or is derived from, is sealed, and what it says of "
                    "pictures may be a test figure; unseal the study first",
                    run.id, run.name);
    const auto artifacts = store.artifacts(run.id);
    const auto weights = std::ranges::find(artifacts, "weights", &ArtifactRecord::kind);
    if (weights == artifacts.end())
        throw Error("run {} ('{}', {}): kept no weights to predict with; expected a finished run that trains", run.id,
                    run.name, nameOf(run.state));
    PredictRequest request{.spec = specFromText(run.specJson).spec,
                           .weightsFile = store.artifactFolder() / weights->path,
                           .data = arguments.data,
                           .parents = parentRuns(store, run)};
    for (const NamedText& entry : store.environment(run.id))
        if (entry.name == "weights_fingerprint") request.weightsFingerprint = entry.text;
    std::string& device = request.spec.compute.device;
    device = deviceFor(arguments.device, device);
    return request;
}

Json predictionJson(const PredictedFiles& predictions, const PredictedFile& row) {
    if (row.number) return {{"row", row.row}, {"predicted", *row.number}};
    Json probabilities = Json::object();
    for (std::size_t i = 0; i < row.probabilities.size() && i < predictions.classes.size(); ++i)
        probabilities[predictions.classes[i]] = row.probabilities[i];
    return {{"row", row.row}, {"predicted", row.predicted}, {"probabilities", std::move(probabilities)}};
}

double certainty(const PredictedFile& row) {
    return row.probabilities.empty() ? 0 : *std::ranges::max_element(row.probabilities);
}

void printPrediction(const PredictedFile& row) {
    if (row.number)
        fmt::print("{:>12.6g}  {}\n", *row.number, cleanLine(row.row));
    else
        fmt::print("{:<20} {:>6.1f} %  {}\n", cleanLine(row.predicted), 100 * certainty(row), cleanLine(row.row));
}

int predict(const PredictArguments& arguments) {
    const StopOnInterrupt stop;
    const PredictedFiles predictions = engine().predict(requestOf(arguments), stop.token());
    for (const PredictedFile& row : predictions.rows) {
        if (arguments.json)
            printJson(predictionJson(predictions, row));
        else
            printPrediction(row);
    }
    for (const std::string& broken : predictions.broken)
        fmt::print(stderr, "levi: left out: {}\n", cleanLine(broken));
    if (interrupts() > 0) return kCancelled;
    if (!predictions.rows.empty()) return kDone;
    fmt::print(stderr, "levi: {}: nothing was predicted: none of its rows can be read\n",
               cleanLine(arguments.data.string()));
    return kFailed;
}

} // namespace

void addPredictVerb(CLI::App& app, Verb& verb) {
    auto* predictVerb =
        app.add_subcommand("predict", "What the weights that a run kept say of new rows: a class, or a number");
    auto arguments = std::make_shared<PredictArguments>();
    predictVerb
        ->add_option("RUN", arguments->run, "Its number; or a name or the first digits of a cell: the newest run")
        ->required();
    predictVerb
        ->add_option("DATA", arguments->data,
                     "A picture, a folder or a zip file of pictures; of a run on texts a CSV, TSV or JSON "
                     "lines with the columns that it read")
        ->required();
    addStoreOption(*predictVerb, arguments->store);
    predictVerb->add_option("--device", arguments->device,
                            "cpu, or a GPU such as cuda:0; default: the run's own where it is here, else cpu");
    predictVerb->add_flag("--json", arguments->json, "One JSON object a row, with all probabilities of classes");
    predictVerb->callback([arguments, &verb] { verb = [arguments] { return predict(*arguments); }; });
}

} // namespace levi
