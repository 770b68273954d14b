// SPDX-License-Identifier: Apache-2.0
#include "app/run_json.h"

#include "core/report/table.h"

#include <fmt/format.h>

#include <array>
#include <cstdio>

namespace levi {
namespace {

constexpr std::array kMetrics = {"accuracy", "macro_f1", "auc", "nll", "ece", "worst_group"};

Json numberOrNull(const std::optional<double>& value) {
    return value ? Json(*value) : Json(nullptr);
}

Json metricsJson(const RunSummary& run) {
    Json roles = Json::object();
    for (const MetricRow& row : run.metrics) {
        if (!row.domain.empty()) continue;
        if (!roles.contains(row.role))
            for (const char* metric : kMetrics)
                roles[row.role][metric] = nullptr;
        if (row.sealed) roles[row.role]["sealed"] = true;
        if (roles[row.role].contains(row.metric)) roles[row.role][row.metric] = numberOrNull(row.value);
    }
    return roles;
}

} // namespace

Json runJson(const RunSummary& run) {
    Json json = {{"run", run.id},
                 {"cell", run.cell},
                 {"method", run.method},
                 {"seed", run.seed},
                 {"state", nameOf(run.state)},
                 {"seconds", run.seconds},
                 {"backbone_samples", run.backboneSamples},
                 {"weights_sha256", run.weightsSha256},
                 {"predictions_sha256", run.predictionsSha256},
                 {"metrics", metricsJson(run)},
                 {"name", run.name},
                 {"taps", run.taps},
                 {"message", run.message}};
    if (!run.study.empty()) json["study"] = run.study;
    if (run.sealed) json["sealed"] = true;
    return json;
}

std::string jsonText(const Json& json, int indent) {
    return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

void printJson(const Json& json, int indent) {
    fmt::print("{}\n", jsonText(json, indent));
    std::fflush(stdout);
}

std::string figureText(const MetricRow& row) {
    if (row.sealed) return std::string(kSealed);
    return row.value ? fmt::format("{:.3f}", *row.value) : std::string(kMissing);
}

std::string accuraciesText(const RunSummary& run) {
    std::string text;
    for (const MetricRow& row : run.metrics)
        if (row.domain.empty() && row.metric == "accuracy" && (row.value || row.sealed) && isTestRole(row.role))
            text += fmt::format("{}{} {}", text.empty() ? "" : ", ", row.role, figureText(row));
    return text;
}

} // namespace levi
