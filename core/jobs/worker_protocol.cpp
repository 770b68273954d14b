// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/worker_protocol.h"

#include "core/base/error.h"
#include "core/spec/spec_json.h"

namespace levi {
namespace {

// Strict: another name than the one that was given would mean another file.
std::string requestText(const Json& json) {
    try {
        return json.dump();
    } catch (const Json::exception&) {
        throw Error("its paths or texts are not all UTF-8, which runs in processes of their own need; use --at-once 1");
    }
}

// Both sides are of one build: what does not fit is an error of ours.
template<typename Read>
auto reading(std::string_view line, const Read& read) {
    try {
        return read(parseStrictly(line));
    } catch (const Json::exception& error) {
        throw Error("a line between processes cannot be read: {}", error.what());
    }
}

Json jsonOf(const Progress& progress) {
    return {{"phase", progress.phase},     {"done", progress.done},   {"total", progress.total},
            {"unit", progress.unit},       {"share", progress.share}, {"elapsed", progress.secondsElapsed},
            {"left", progress.secondsLeft}};
}

Progress progressIn(const Json& json) {
    return {.phase = json.at("phase"),
            .done = json.at("done"),
            .total = json.at("total"),
            .unit = json.at("unit"),
            .share = json.at("share"),
            .secondsElapsed = json.at("elapsed"),
            .secondsLeft = json.at("left")};
}

} // namespace

std::string lineOf(const WorkerRequest& request) {
    if (request.stop) return requestText({{"stop", true}});
    const RunJobOptions& options = request.options;
    Json json = {{"spec", toJson(request.spec, true)},
                 {"store", options.storeFile.string()},
                 {"cache", options.cacheFolder.string()},
                 {"use_cache", options.useCache},
                 {"study", options.study},
                 {"at_once", options.atOnce}};
    if (options.tuningTrials) json["trials"] = *options.tuningTrials;
    return requestText(json);
}

WorkerRequest requestIn(std::string_view line) {
    return reading(line, [](const Json& json) {
        if (json.contains("stop")) return WorkerRequest{.stop = true, .spec = {}, .options = {}};
        SpecRead read = specFromJson(json.at("spec"));
        if (!read.problems.empty()) throw Error("{}", problemsText(read.problems));
        RunJobOptions options{.storeFile = json.at("store").get<std::string>(),
                              .cacheFolder = json.at("cache").get<std::string>(),
                              .useCache = json.at("use_cache"),
                              .study = json.at("study"),
                              .atOnce = json.at("at_once")};
        if (json.contains("trials")) options.tuningTrials = json.at("trials").get<double>();
        return WorkerRequest{.spec = std::move(read.spec), .options = std::move(options)};
    });
}

std::string lineOf(const WorkerEvent& event) {
    Json json = Json::object();
    if (event.run) json["run"] = *event.run;
    if (event.progress) json["progress"] = jsonOf(*event.progress);
    if (event.outcome) {
        json["state"] = static_cast<int>(event.outcome->state);
        json["message"] = event.outcome->message;
    }
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

WorkerEvent eventIn(std::string_view line) {
    return reading(line, [](const Json& json) {
        WorkerEvent event;
        if (json.contains("run")) event.run = json.at("run").get<std::int64_t>();
        if (json.contains("progress")) event.progress = progressIn(json.at("progress"));
        if (json.contains("state"))
            event.outcome = JobOutcome{static_cast<JobState>(json.at("state").get<int>()), json.at("message")};
        return event;
    });
}

} // namespace levi
