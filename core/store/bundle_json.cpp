// SPDX-License-Identifier: Apache-2.0
#include "core/store/bundle_json.h"

#include "core/base/numbers.h"
#include "core/spec/spec_json.h"
#include "core/store/bundle_checks.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>

namespace levi {
namespace {

namespace fs = std::filesystem;
using OrderedJson = nlohmann::ordered_json;

constexpr const char* kRowCount = "n"; // beside the metrics of a role and domain: the rows that they were measured on
constexpr const char* kOwnCounts = "rows"; // {"worst_group": 307}: of metrics that were measured on fewer

OrderedJson orNull(const std::optional<double>& value) {
    return value && std::isfinite(*value) ? OrderedJson(*value) : OrderedJson(nullptr);
}

OrderedJson specWithoutPaths(const std::string& specJson) {
    ExperimentSpec spec = specFromText(specJson).spec;
    for (const FieldRow& row : fieldRows(spec)) {
        if (row.info.type != FieldType::Path || !row.value.is_string()) continue;
        const auto text = row.value.get<std::string>();
        if (fs::path(text).is_absolute()) setField(spec, row.path, fs::path(text).filename().string());
    }
    return toJson(spec);
}

// Of each absolute path in the text the last part stays.
std::string withoutPaths(const std::string& text) {
    constexpr std::string_view between = " \t\n=:;,()\"'";
    std::string kept;
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = std::min(text.find_first_of(between, begin), text.size());
        const std::string word = text.substr(begin, end - begin);
        kept += word.starts_with('/') ? fs::path(word).filename().string() : word;
        if (end < text.size()) kept += text[end];
        begin = end + 1;
    }
    return kept;
}

// In order of name, so that a bundle that was brought in and written again is the same text.
OrderedJson environmentJson(const std::vector<NamedText>& environment) {
    std::map<std::string, std::string> texts;
    for (const NamedText& entry : environment)
        if (entry.name != "host") texts[entry.name] = withoutPaths(entry.text);
    return texts.empty() ? OrderedJson::object() : OrderedJson(texts);
}

OrderedJson metricsJson(const std::vector<MetricRow>& metrics) {
    std::map<std::string, std::map<std::string, std::map<std::string, OrderedJson>>> roles; // role, domain, metric
    for (const MetricRow& row : metrics) {
        auto& place = roles[row.role][row.domain];
        place[row.metric] = orNull(row.value);
        auto& count = place.emplace(kRowCount, row.count).first->second;
        count = std::max(count.get<std::int64_t>(), row.count);
    }
    for (const MetricRow& row : metrics)
        if (auto& place = roles[row.role][row.domain]; place[kRowCount] != row.count)
            place[kOwnCounts][row.metric] = row.count;
    return roles.empty() ? OrderedJson::object() : OrderedJson(roles);
}

std::optional<std::int64_t> ownCount(const JsonLine& line, const nlohmann::json& own, const std::string& metric) {
    const auto found = own.find(metric);
    if (found == own.end()) return std::nullopt;
    if (!found->is_number_integer()) line.fail("'{}' of '{}' is no number of rows", kOwnCounts, metric);
    return found->get<std::int64_t>();
}

std::vector<MetricRow> metricsAt(const JsonLine& line, const nlohmann::json& roles) {
    std::vector<MetricRow> rows;
    for (const auto& [role, domains] : roles.items()) {
        if (!domains.is_object()) line.fail("'metrics.{}' is no object", role);
        checkRole(line, role);
        for (const auto& [domain, metrics] : domains.items()) {
            if (!metrics.is_object()) line.fail("'metrics.{}.{}' is no object", role, domain);
            const std::int64_t count = line.whole(metrics, kRowCount);
            const nlohmann::json own = metrics.contains(kOwnCounts) ? metrics[kOwnCounts] : nlohmann::json::object();
            if (!own.is_object()) line.fail("'metrics.{}.{}.{}' is no object", role, domain, kOwnCounts);
            for (const auto& [metric, value] : metrics.items())
                if (metric != kRowCount && metric != kOwnCounts) {
                    if (!value.is_null() && !value.is_number()) line.fail("'{}' of {} is no number", metric, role);
                    rows.push_back({.role = role,
                                    .domain = domain,
                                    .metric = metric,
                                    .value = value.is_null() ? std::nullopt : std::optional(value.get<double>()),
                                    .count = ownCount(line, own, metric).value_or(count)});
                    checkFigure(line, rows.back());
                }
        }
    }
    return rows;
}

std::vector<NamedText> environmentAt(const JsonLine& line, const nlohmann::json& json) {
    std::vector<NamedText> environment;
    for (const auto& [name, text] : line.part(json, "environment").items()) {
        if (!text.is_string()) line.fail("'environment.{}' is no text", name);
        environment.push_back({name, text.get<std::string>()});
    }
    return environment;
}

std::string specAt(const JsonLine& line, const nlohmann::json& json) {
    try {
        return toJson(specFromText(line.part(json, "spec").dump()).spec, true).dump();
    } catch (const Error& error) {
        line.fail("'spec': {}", error.what());
    }
}

OrderedJson efficiencyJson(const Efficiency& efficiency) {
    OrderedJson json = OrderedJson::object();
    for (const EfficiencyField& field : efficiencyFields())
        if (const auto value = efficiency.*field.value) json[field.name] = orNull(value);
    return json;
}

} // namespace

OrderedJson settingJson(const StoredRun& run) {
    return {{"cell", run.summary.cell}, {"canonical", run.canonicalText}};
}

OrderedJson runJson(const StoredRun& run) {
    const RunSummary& summary = run.summary;
    OrderedJson parents = OrderedJson::array();
    for (const RunKey& parent : run.parents)
        parents.push_back({{"cell", parent.cell}, {"seed", parent.seed}});
    OrderedJson json = {{"seed", summary.seed},
                        {"name", summary.name},
                        {"method", summary.method},
                        {"taps", summary.taps},
                        {"study", summary.study},
                        {"started", summary.startedUnixSeconds},
                        {"seconds", summary.seconds},
                        {"backbone_samples", summary.backboneSamples},
                        {"trainable_parameters", summary.trainableParameters},
                        {"peak_memory_bytes", summary.peakMemoryBytes},
                        {"efficiency", efficiencyJson(summary.efficiency)},
                        {"weights_sha256", summary.weightsSha256},
                        {"predictions_sha256", summary.predictionsSha256},
                        {"picked", run.picked ? OrderedJson(*run.picked) : OrderedJson(nullptr)},
                        {"parents", std::move(parents)},
                        {"environment", environmentJson(run.environment)},
                        {"spec", specWithoutPaths(summary.specJson)}};
    if (!summary.nameInStudy.empty()) json["name_in_study"] = summary.nameInStudy;
    return json;
}

OrderedJson candidateJson(const CandidateRecord& candidate, std::uint64_t seed) {
    OrderedJson json = {{"seed", seed},
                        {"kind", candidate.kind},
                        {"epoch", candidate.epoch},
                        {"step", candidate.step},
                        {"train_loss", orNull(candidate.trainLoss)},
                        {"seconds", candidate.seconds},
                        {"metrics", metricsJson(candidate.metrics)}};
    if (!candidate.weightsSha256.empty()) json["weights_sha256"] = candidate.weightsSha256;
    return json;
}

OrderedJson studyJson(const StudyRecord& study) {
    OrderedJson family = OrderedJson::array();
    for (const StudyComparison& pair : study.plan.family) {
        family.push_back({{"candidate", pair.candidate}, {"baseline", pair.baseline}});
        if (pair.isExploratory) family.back()["exploratory"] = true;
    }
    OrderedJson json = {{"name", study.plan.name},
                        {"question", study.plan.question},
                        {"family", std::move(family)},
                        {"metric", study.plan.metric},
                        {"rule", nameOf(study.plan.rule)},
                        {"seeds", seedsText(study.plan.seeds)},
                        {"margin", orNull(study.plan.margin)},
                        {"created", study.createdUnixSeconds},
                        {"unsealed", orNull(study.unsealedUnixSeconds)},
                        {"unsealed_reason", study.unsealedReason}};
    // Bundles of before knew one endpoint and no exploratory comparisons: without these members they read as they did.
    if (study.plan.endpoint != Endpoint::EveryRole) json["endpoint"] = nameOf(study.plan.endpoint);
    for (const LookRecord& look : study.looks) // that it was unsealed stands above
        if (look.kind == "read") json["looks"].push_back({{"time", look.unixSeconds}, {"for", look.text}});
    return json;
}

StoredRun runAt(const JsonLine& line, const nlohmann::json& json) {
    StoredRun run;
    RunSummary& summary = run.summary;
    summary.state = RunState::Done;
    summary.seed = line.count(json, "seed");
    summary.name = line.text(json, "name");
    summary.method = line.text(json, "method");
    summary.taps = line.text(json, "taps");
    summary.study = line.text(json, "study");
    if (json.contains("name_in_study")) summary.nameInStudy = line.text(json, "name_in_study");
    summary.startedUnixSeconds = line.number(json, "started");
    summary.seconds = line.number(json, "seconds");
    summary.backboneSamples = line.whole(json, "backbone_samples");
    summary.trainableParameters = line.whole(json, "trainable_parameters");
    summary.peakMemoryBytes = line.count(json, "peak_memory_bytes");
    for (const EfficiencyField& field : efficiencyFields())
        summary.efficiency.*field.value = line.numberOrNull(line.part(json, "efficiency"), field.name);
    summary.weightsSha256 = line.text(json, "weights_sha256");
    summary.predictionsSha256 = line.text(json, "predictions_sha256");
    if (!line.member(json, "picked").is_null()) run.picked = line.count(json, "picked");
    for (const auto& parent : line.list(json, "parents"))
        run.parents.push_back({.cell = line.text(parent, "parents.cell"), .seed = line.count(parent, "parents.seed")});
    run.environment = environmentAt(line, json);
    summary.specJson = specAt(line, json);
    run.source = line.place();
    checkRun(line, run);
    return run;
}

CandidateRecord candidateAt(const JsonLine& line, const nlohmann::json& json) {
    CandidateRecord candidate;
    candidate.kind = line.text(json, "kind");
    candidate.epoch = line.whole(json, "epoch");
    candidate.step = line.whole(json, "step");
    candidate.trainLoss = line.numberOrNull(json, "train_loss").value_or(NAN);
    candidate.seconds = line.number(json, "seconds");
    if (json.contains("weights_sha256")) candidate.weightsSha256 = line.text(json, "weights_sha256");
    candidate.metrics = metricsAt(line, line.part(json, "metrics"));
    checkCandidate(line, candidate);
    return candidate;
}

StudyRecord studyAt(const JsonLine& line, const nlohmann::json& json) {
    StudyRecord study;
    study.plan.name = line.text(json, "name");
    study.plan.question = line.text(json, "question");
    for (const auto& pair : line.list(json, "family"))
        study.plan.family.push_back({.candidate = line.text(pair, "family.candidate"),
                                     .baseline = line.text(pair, "family.baseline"),
                                     .isExploratory = pair.contains("exploratory") && pair["exploratory"] == true});
    study.plan.metric = line.text(json, "metric");
    study.plan.margin = line.numberOrNull(json, "margin");
    study.createdUnixSeconds = line.number(json, "created");
    study.unsealedUnixSeconds = line.numberOrNull(json, "unsealed");
    study.unsealedReason = line.text(json, "unsealed_reason");
    if (study.unsealedUnixSeconds)
        study.looks.push_back(
            {.unixSeconds = *study.unsealedUnixSeconds, .kind = "unsealed", .text = study.unsealedReason});
    if (json.contains("looks"))
        for (const auto& look : line.list(json, "looks"))
            study.looks.push_back(
                {.unixSeconds = line.number(look, "looks.time"), .kind = "read", .text = line.text(look, "looks.for")});
    std::ranges::stable_sort(study.looks, {}, &LookRecord::unixSeconds);
    try {
        study.plan.rule = candidateRuleNamed(line.text(json, "rule"));
        if (json.contains("endpoint")) study.plan.endpoint = endpointNamed(line.text(json, "endpoint"));
        if (const auto seeds = line.text(json, "seeds"); !seeds.empty()) study.plan.seeds = parseSeeds(seeds);
    } catch (const Error& error) {
        line.fail("{}", error.what());
    }
    if (const std::string problem = problemOf(study.plan); !problem.empty()) line.fail("{}", problem);
    return study;
}

} // namespace levi
