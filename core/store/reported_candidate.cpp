// SPDX-License-Identifier: Apache-2.0
#include "core/store/reported_candidate.h"

#include "core/base/error.h"
#include "core/spec/spec_json.h"

#include <cmath>
#include <limits>

namespace levi {
namespace {

constexpr double kWorstNll = std::numeric_limits<double>::infinity();

std::optional<double> valueOf(const CandidateRecord& candidate, const std::string& role, const char* metric) {
    for (const MetricRow& row : candidate.metrics)
        if (row.role == role && row.domain.empty() && row.metric == metric && row.value && !std::isnan(*row.value))
            return row.value;
    return std::nullopt;
}

} // namespace

CandidateFigures figuresOf(const CandidateRecord& candidate) {
    CandidateFigures figures;
    for (const MetricRow& row : candidate.metrics) {
        if (figures.contains(row.role)) continue;
        const auto accuracy = valueOf(candidate, row.role, "accuracy"), nll = valueOf(candidate, row.role, "nll");
        if (accuracy) figures[row.role] = {.accuracy = *accuracy, .nll = nll.value_or(kWorstNll)};
    }
    return figures;
}

std::optional<std::int64_t> candidateByRule(const std::vector<CandidateRecord>& candidates, CandidateRule rule,
                                            SelectBy by) {
    std::vector<CandidateFigures> figures;
    for (const CandidateRecord& candidate : candidates) // what a run starts from is measured, but no outcome of it
        figures.push_back(candidate.kind == "start" ? CandidateFigures() : figuresOf(candidate));
    const auto place = pickCandidate(figures, rule, by);
    return place ? std::optional(candidates[*place].id) : std::nullopt;
}

SelectBy selectByOf(const std::string& specJson) {
    try {
        return specFromText(specJson).spec.train.selectBy;
    } catch (const Error&) {
        return SelectBy::Accuracy;
    }
}

} // namespace levi
