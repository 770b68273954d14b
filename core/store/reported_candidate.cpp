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
        if (accuracy)
            figures[row.role] = {.accuracy = *accuracy, .nll = nll.value_or(kWorstNll)};
        else if (const auto rmse = valueOf(candidate, row.role, "rmse"))
            figures[row.role] = {.rmse = rmse};
    }
    return figures;
}

std::optional<std::int64_t> candidateByRule(const std::vector<CandidateRecord>& candidates, CandidateRule rule,
                                            const Preference& preference) {
    std::vector<CandidateFigures> figures;
    std::vector<std::int64_t> ids;
    for (const CandidateRecord& candidate : candidates) {
        if (!mayBePicked(candidate.kind)) continue;
        figures.push_back(figuresOf(candidate));
        ids.push_back(candidate.id);
    }
    const auto place = pickCandidate(figures, rule, preference);
    return place ? std::optional(ids[*place]) : std::nullopt;
}

Preference preferenceOf(const std::string& specJson) {
    try {
        const ExperimentSpec spec = specFromText(specJson).spec;
        return preferenceOf(spec);
    } catch (const Error&) {
        return {};
    }
}

} // namespace levi
