// SPDX-License-Identifier: Apache-2.0
#include "app/looks.h"
#include "app/run_json.h"
#include "app/store_lookup.h"
#include "app/verbs.h"
#include "core/base/numbers.h"
#include "core/report/escape.h"
#include "core/report/groups_table.h"
#include "core/report/store_rows.h"
#include "core/spec/spec_json.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <span>

namespace levi {
namespace {

struct ShowArguments {
    std::filesystem::path store;
    std::string run;
    bool json = false;
};

Json candidateJson(const CandidateRecord& candidate) {
    Json metrics = Json::array();
    for (const MetricRow& row : candidate.metrics) {
        metrics.push_back({{"role", row.role},
                           {"domain", row.domain},
                           {"metric", row.metric},
                           {"value", row.value ? Json(*row.value) : Json(nullptr)},
                           {"count", row.sealed ? Json(nullptr) : Json(row.count)}}); // of a worst group: which it is
        if (row.sealed) metrics.back()["sealed"] = true;
    }
    return {{"id", candidate.id},
            {"kind", candidate.kind},
            {"epoch", candidate.epoch},
            {"step", candidate.step},
            {"train_loss", candidate.trainLoss},
            {"seconds", candidate.seconds},
            {"metrics", std::move(metrics)}};
}

Json wholeJson(const RunStore& store, const RunSummary& run) {
    Json json = runJson(run);
    json["parents"] = run.parents;
    json["trainable_parameters"] = run.trainableParameters;
    json["peak_memory_bytes"] = run.peakMemoryBytes;
    json["efficiency"] = Json::object();
    for (const EfficiencyField& field : efficiencyFields())
        json["efficiency"][field.name] =
            run.efficiency.*field.value ? Json(*(run.efficiency.*field.value)) : Json(nullptr);
    json["started"] = run.startedUnixSeconds;
    json["picked_candidate"] = run.pickedCandidate ? Json(*run.pickedCandidate) : Json(nullptr);
    json["spec"] = storedJson(run.specJson);
    json["environment"] = Json::object();
    for (const NamedText& text : store.environment(run.id))
        json["environment"][text.name] = text.text;
    json["candidates"] = Json::array();
    for (const CandidateRecord& candidate : store.candidates(run.id))
        json["candidates"].push_back(candidateJson(candidate));
    json["artifacts"] = Json::array();
    for (const ArtifactRecord& artifact : store.artifacts(run.id))
        json["artifacts"].push_back({{"kind", artifact.kind},
                                     {"path", (store.artifactFolder() / artifact.path).string()},
                                     {"sha256", artifact.sha256},
                                     {"bytes", artifact.sizeBytes}});
    json["log"] = Json::array();
    for (const LogLine& line : store.log(run.id))
        json["log"].push_back({{"time", line.unixSeconds}, {"level", line.level}, {"text", line.text}});
    return json;
}

void heading(const char* text) {
    fmt::print("\n{}\n", text);
}

void printCandidates(const RunStore& store, const RunSummary& run) {
    heading("Evaluations");
    const std::string leading = leadingMetric(run);
    for (const CandidateRecord& candidate : store.candidates(run.id)) {
        std::string figures;
        for (const MetricRow& row : candidate.metrics)
            if (row.domain.empty() && row.metric == leading && (row.value || row.sealed))
                figures += fmt::format("  {} {}", row.role, figureText(row));
        const bool hasLoss = !std::isnan(candidate.trainLoss);
        fmt::print("{} {} {:>4}  {:>8}{}{}\n", run.pickedCandidate == candidate.id ? "*" : " ",
                   cleanLine(candidate.kind), candidate.epoch, durationText(candidate.seconds),
                   hasLoss ? fmt::format("  loss {:.4f}", candidate.trainLoss) : "", cleanLine(figures));
    }
}

void printGroups(const RunSummary& run) {
    const auto sentences = groupSentences(resultRows(std::span(&run, 1)).front());
    if (!sentences.empty()) heading("Groups");
    for (const std::string& sentence : sentences)
        fmt::print("{}\n", cleanLine(sentence));
}

void printWhole(const RunStore& store, const RunSummary& run) {
    fmt::print("run {}  {}, seed {}  {}  {}\n", run.id, cleanLine(run.name), run.seed, nameOf(run.state),
               durationText(run.seconds));
    if (!run.message.empty()) fmt::print("{}\n", cleanBlock(run.message));
    if (!run.study.empty())
        fmt::print("study {}{}{}\n", cleanLine(run.study),
                   run.nameInStudy.empty() ? "" : ", which knows it as " + cleanLine(run.nameInStudy),
                   run.sealed ? ", sealed: no test figure is shown" : "");
    else if (run.sealed)
        fmt::print("sealed: a parent, or an equal run, belongs to a sealed study; no test figure is shown\n");
    fmt::print("cell {}  taps {}  trained parameters {}  peak memory {}\n", cleanLine(run.cell),
               run.taps.empty() ? "–" : cleanLine(run.taps), countText(static_cast<double>(run.trainableParameters)),
               bytesText(run.peakMemoryBytes));
    printCandidates(store, run);
    printGroups(run);
    heading("Spec");
    fmt::print("{}\n", cleanBlock(jsonText(toJson(specFromText(run.specJson).spec), 2)));
    heading("Environment");
    for (const NamedText& text : store.environment(run.id))
        fmt::print("{:<22} {}\n", cleanLine(text.name), cleanLine(text.text));
    heading("Log");
    for (const LogLine& line : store.log(run.id))
        fmt::print("{:<5} {}\n", cleanLine(line.level), cleanLine(line.text));
}

int show(const ShowArguments& arguments) {
    const RunStore store(arguments.store, RunStore::Access::Read);
    const RunSummary run = runNamed(store, arguments.run);
    if (arguments.json)
        printJson(wholeJson(store, run), 2);
    else
        printWhole(store, run);
    noteLook(arguments.store, std::span(&run, 1), "levi show");
    return kDone;
}

} // namespace

void addShowVerb(CLI::App& app, Verb& verb) {
    auto* showVerb = app.add_subcommand("show", "All that is known of one run");
    auto arguments = std::make_shared<ShowArguments>();
    showVerb->add_option("RUN", arguments->run, "Its number; or a name or the first digits of a cell: the newest run")
        ->required();
    addStoreOption(*showVerb, arguments->store);
    showVerb->add_flag("--json", arguments->json, "As one JSON object");
    showVerb->callback([arguments, &verb] { verb = [arguments] { return show(*arguments); }; });
}

} // namespace levi
