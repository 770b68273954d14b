// SPDX-License-Identifier: Apache-2.0
#include "core/store/reported_candidate.h"

#include "core/base/error.h"
#include "core/spec/spec_json.h"

#include <cmath>
#include <limits>
#include <set>

namespace levi {
namespace {

constexpr double kWorstNll = std::numeric_limits<double>::infinity();

std::optional<double> valueOf(const CandidateRecord& candidate, const std::string& role, const std::string& domain,
                              const char* metric) {
    for (const MetricRow& row : candidate.metrics)
        if (row.role == role && row.domain == domain && row.metric == metric && row.value && !std::isnan(*row.value))
            return row.value;
    return std::nullopt;
}

std::optional<SelectionFigures> figuresOf(const CandidateRecord& candidate, const std::string& role,
                                          const std::string& domain) {
    const auto accuracy = valueOf(candidate, role, domain, "accuracy"), nll = valueOf(candidate, role, domain, "nll");
    if (accuracy) return SelectionFigures{.accuracy = *accuracy, .nll = nll.value_or(kWorstNll)};
    if (const auto rmse = valueOf(candidate, role, domain, "rmse")) return SelectionFigures{.rmse = rmse};
    return std::nullopt;
}

// A role of one domain may have its figures over all rows alone.
std::set<std::string> domainsOf(const CandidateRecord& candidate, const std::string& role) {
    std::set<std::string> domains;
    for (const MetricRow& row : candidate.metrics)
        if (row.role == role && !row.domain.empty()) domains.insert(row.domain);
    return domains.empty() ? std::set<std::string>{""} : domains;
}

// Nothing where a domain has none.
std::optional<SelectionFigures> meanOverDomains(const CandidateRecord& candidate, const std::string& role) {
    const std::set<std::string> domains = domainsOf(candidate, role);
    const auto count = static_cast<double>(domains.size());
    SelectionFigures mean;
    for (const std::string& domain : domains) {
        const auto figures = figuresOf(candidate, role, domain);
        if (!figures) return std::nullopt;
        mean.accuracy += figures->accuracy / count;
        mean.nll += figures->nll / count;
        if (figures->rmse) mean.rmse = mean.rmse.value_or(0) + *figures->rmse / count;
    }
    return mean;
}

} // namespace

CandidateFigures figuresOf(const CandidateRecord& candidate) {
    CandidateFigures figures;
    for (const MetricRow& row : candidate.metrics) {
        if (figures.contains(row.role)) continue;
        if (const auto all = figuresOf(candidate, row.role, "")) figures[row.role] = *all;
    }
    if (const auto mean = meanOverDomains(candidate, "id_val")) figures[kDomainsOfIdVal] = *mean;
    return figures;
}

std::optional<std::int64_t> candidateByRule(const std::vector<CandidateRecord>& candidates, CandidateRule rule,
                                            const Preference& preference) {
    std::vector<CandidateFigures> figures;
    std::vector<std::int64_t> ids;
    std::set<std::set<std::string>> domains;
    for (const CandidateRecord& candidate : candidates) {
        if (!mayBePicked(candidate.kind)) continue;
        figures.push_back(figuresOf(candidate));
        ids.push_back(candidate.id);
        domains.insert(domainsOf(candidate, "id_val"));
    }
    // A bundle may have figures by domain of the picked candidate alone: a mean over them is compared with no other.
    if (domains.size() > 1)
        for (CandidateFigures& each : figures)
            each.erase(kDomainsOfIdVal);
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
