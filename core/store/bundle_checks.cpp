// SPDX-License-Identifier: Apache-2.0
#include "core/store/bundle_checks.h"

#include "core/spec/layer_choice.h"
#include "core/spec/roles.h"
#include "core/spec/spec_hash.h"
#include "core/spec/spec_json.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <sstream>
#include <string_view>

namespace levi {
namespace {

constexpr double kSane = 1e30;    // squares of what is larger leave the range of a double
constexpr double kSlack = 1e-9;   // of a weighted mean of numbers up to one
constexpr int kMostLayers = 1000; // far more than any backbone has
constexpr std::size_t kCellDigits = 16;

struct Range {
    double low = -kSane, high = kSane;
    const char* words = "a number up to 1e30 in size";
};

constexpr Range kShare{0, 1, "0 to 1"}, kNotNegative{0, kSane, "0 to 1e30"}, kCorrelation{-1, 1, "-1 to 1"}, kAny{};

Range rangeOf(std::string_view metric) {
    metric = metric.substr(0, metric.find('/')); // of one class or group: that of the whole
    const auto isOne = [metric](auto... keys) { return ((metric == keys) || ...); };
    if (isOne("accuracy", "macro_f1", "auc", "ece", "worst_group", "adjusted_average", "user_p10", "share"))
        return kShare;
    if (isOne("nll", "brier", "rmse", "mae", "rmse_worst_group", "mae_worst_group")) return kNotNegative;
    return isOne("pearson", "pearson_worst_group") ? kCorrelation : kAny;
}

void require(const JsonLine& line, const std::string& field, double value, const Range& range) {
    if (std::isnan(value) || value < range.low - kSlack || value > range.high + kSlack)
        line.fail("'{}': found {}, expected {}", field, value, range.words);
}

void requireCount(const JsonLine& line, const std::string& field, std::int64_t value) {
    if (value < 0) line.fail("'{}': found {}, expected 0 or more", field, value);
}

std::string layersOr(const std::string& taps, const char* otherwise) {
    try {
        return layersText(resolveLayers({taps}, kMostLayers));
    } catch (const Error&) {
        return otherwise;
    }
}

std::map<std::string, std::string> linesOf(const std::string& canonical) {
    std::map<std::string, std::string> lines;
    std::istringstream stream(canonical);
    for (std::string line; std::getline(stream, line);)
        if (const auto equals = line.find('='); equals != std::string::npos)
            lines.emplace(line.substr(0, equals), line.substr(equals + 1));
    return lines;
}

// Whether the text of a cell has something else in the place of what the spec says.
bool isResolved(const FieldRow& row) {
    static constexpr std::array<std::string_view, 3> kResolved = {"method.taps", "method.parents", "backbone.from_run"};
    return row.info.type == FieldType::Path || row.path.ends_with("_view.tokenizer") ||
           std::ranges::find(kResolved, row.path) != kResolved.end();
}

std::string orNothing(const std::map<std::string, std::string>& lines, const std::string& path) {
    const auto found = lines.find(path);
    return found == lines.end() ? "nothing" : "'" + found->second + "'";
}

} // namespace

void checkRole(const JsonLine& line, const std::string& role) {
    static constexpr std::array<std::string_view, 4> kRoles = {"train", "id_val", "id_test", "ood_val"};
    if (std::ranges::find(kRoles, role) == kRoles.end() && !isOodTest(role))
        line.fail("'metrics': found the role '{}', expected train, id_val, id_test, ood_val or ood_test/NAME", role);
}

void checkFigure(const JsonLine& line, const MetricRow& row) {
    const std::string field = fmt::format("metrics.{}.{}.{}", row.role, row.domain, row.metric);
    if (row.value) require(line, field, *row.value, rangeOf(row.metric));
    requireCount(line, field + ", its rows", row.count);
}

void checkRun(const JsonLine& line, const StoredRun& run) {
    const RunSummary& summary = run.summary;
    if (!methodKinds().find(summary.method))
        line.fail("'method': found '{}', expected one of {}", summary.method, methodKinds().keysText());
    if (!summary.taps.empty() && layersOr(summary.taps, "") != summary.taps)
        line.fail("'taps': found '{}', expected layers in ascending order, such as 8-10,12", summary.taps);
    if (summary.study.empty() && !summary.nameInStudy.empty())
        line.fail("'name_in_study': found '{}', expected none where there is no 'study'", summary.nameInStudy);
    require(line, "started", summary.startedUnixSeconds, kNotNegative);
    require(line, "seconds", summary.seconds, kNotNegative);
    requireCount(line, "backbone_samples", summary.backboneSamples);
    requireCount(line, "trainable_parameters", summary.trainableParameters);
    for (const EfficiencyField& cost : efficiencyFields())
        if (const auto value = summary.efficiency.*cost.value)
            require(line, std::string("efficiency.") + cost.name, *value, kNotNegative);
    for (const RunKey& parent : run.parents)
        if (parent.cell.size() != kCellDigits || parent.cell.find_first_not_of("0123456789abcdef") != std::string::npos)
            line.fail("'parents.cell': found '{}', expected {} hex digits", parent.cell, kCellDigits);
}

void checkCandidate(const JsonLine& line, const CandidateRecord& candidate) {
    requireCount(line, "epoch", candidate.epoch);
    requireCount(line, "step", candidate.step);
    require(line, "seconds", candidate.seconds, kNotNegative);
    if (!std::isnan(candidate.trainLoss)) require(line, "train_loss", candidate.trainLoss, kAny);
}

void checkSpec(const JsonLine& line, const StoredRun& run) {
    const ExperimentSpec spec = specFromText(run.summary.specJson).spec;
    if (spec.seed != run.summary.seed)
        line.fail("'spec.seed': found {}, expected {} as the run has it", spec.seed, run.summary.seed);
    if (spec.method.kind().key != run.summary.method)
        line.fail("'spec.method.kind': found '{}', expected '{}' as the run has it", spec.method.kind().key,
                  run.summary.method);
    const auto stated = linesOf(run.canonicalText);
    ResolvedFacts facts;
    for (const FieldRow& row : fieldRows(spec))
        if (const auto fact = stated.find(row.path); isResolved(row) && fact != stated.end()) facts.insert(*fact);
    const std::string text = canonicalText(spec, facts);
    if (text == run.canonicalText) return;
    const auto found = linesOf(text);
    for (const auto* lines : {&found, &stated})
        for (const auto& [path, value] : *lines)
            if (const std::string is = orNothing(found, path), should = orNothing(stated, path); is != should)
                line.fail("'spec.{}': found {}, expected {} as the text of its cell says", path, is, should);
    line.fail("'spec': is not that of its cell");
}

} // namespace levi
