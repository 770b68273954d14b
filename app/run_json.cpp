// SPDX-License-Identifier: Apache-2.0
#include "app/run_json.h"

#include "core/report/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <span>

namespace levi {
namespace {

constexpr std::array kClassMetrics = {"accuracy", "macro_f1", "auc", "nll", "ece", "worst_group"};
constexpr std::array kNumberMetrics = {
    "rmse", "mae", "pearson", "rmse_worst_group", "mae_worst_group", "pearson_worst_group"};

Json numberOrNull(const std::optional<double>& value) {
    return value ? Json(*value) : Json(nullptr);
}

Json metricsJson(const RunSummary& run) {
    Json roles = Json::object();
    const std::span<const char* const> usual =
        leadingMetric(run) == "rmse" ? std::span<const char* const>(kNumberMetrics) : kClassMetrics;
    for (const MetricRow& row : run.metrics) {
        if (!row.domain.empty()) continue;
        if (!roles.contains(row.role))
            for (const char* metric : usual)
                roles[row.role][metric] = nullptr;
        if (row.sealed) roles[row.role]["sealed"] = true;
        if (!isPartOf(row.metric)) roles[row.role][row.metric] = numberOrNull(row.value);
    }
    return roles;
}

} // namespace

std::string leadingMetric(const RunSummary& run) {
    return std::ranges::any_of(run.metrics, [](const MetricRow& row) { return row.metric == "rmse"; }) ? "rmse"
                                                                                                       : "accuracy";
}

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
    if (!run.nameInStudy.empty()) json["name_in_study"] = run.nameInStudy;
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

std::string testFiguresText(const RunSummary& run) {
    std::string text;
    const std::string leading = leadingMetric(run);
    for (const MetricRow& row : run.metrics)
        if (row.domain.empty() && row.metric == leading && (row.value || row.sealed) && isTestRole(row.role))
            text += fmt::format("{}{} {}", text.empty() ? "" : ", ", row.role, figureText(row));
    return text;
}

} // namespace levi
