// SPDX-License-Identifier: Apache-2.0
#include "core/stats/selection_rules.h"

#include "core/base/error.h"
#include "core/spec/experiment_spec.h"
#include "core/spec/roles.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace levi {
namespace {

std::size_t placeOf(std::string_view name, const std::vector<std::string>& names, const char* what) {
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) throw Error("{} '{}': expected one of {}", what, name, fmt::join(names, ", "));
    return static_cast<std::size_t>(found - names.begin());
}

std::optional<SelectionFigures> ofRole(const CandidateFigures& candidate, const std::string& role) {
    const auto found = candidate.find(role);
    return found == candidate.end() ? std::nullopt : std::optional(found->second);
}

std::optional<SelectionFigures> meanOverOodTests(const CandidateFigures& candidate) {
    SelectionFigures sum;
    double count = 0;
    for (const auto& [role, figures] : candidate) {
        if (!role.starts_with(kOodTestPrefix)) continue;
        sum.accuracy += figures.accuracy;
        sum.nll += figures.nll;
        if (figures.rmse) sum.rmse = sum.rmse.value_or(0) + *figures.rmse;
        ++count;
    }
    if (count == 0) return std::nullopt;
    if (sum.rmse) *sum.rmse /= count;
    return SelectionFigures{.accuracy = sum.accuracy / count, .nll = sum.nll / count, .rmse = sum.rmse};
}

std::optional<SelectionFigures> figuresFor(CandidateRule rule, const CandidateFigures& candidate) {
    switch (rule) {
    case CandidateRule::IdVal:
        return ofRole(candidate, "id_val");
    case CandidateRule::OodVal:
        return ofRole(candidate, "ood_val");
    case CandidateRule::TrainingDomain:
        return ofRole(candidate, kDomainsOfIdVal);
    case CandidateRule::OracleId:
        return ofRole(candidate, "id_test");
    case CandidateRule::OracleOod:
        return meanOverOodTests(candidate);
    case CandidateRule::Last:
        break;
    }
    return std::nullopt;
}

} // namespace

const std::vector<std::string>& candidateRuleNames() {
    static const std::vector<std::string> names = {"id_val", "ood_val",   "training_domain",
                                                   "last",   "oracle_id", "oracle_ood"};
    return names;
}

const std::string& nameOf(CandidateRule rule) {
    return candidateRuleNames().at(static_cast<std::size_t>(rule));
}

CandidateRule candidateRuleNamed(std::string_view name) {
    return static_cast<CandidateRule>(placeOf(name, candidateRuleNames(), "selection rule"));
}

bool isOracle(CandidateRule rule) {
    return rule == CandidateRule::OracleId || rule == CandidateRule::OracleOod;
}

Preference preferenceOf(const ExperimentSpec& spec) {
    if (!trainsInSteps(spec)) return {.by = SelectBy::Accuracy, .ties = Ties::Earlier};
    return {.by = spec.train.selectBy};
}

bool isBetter(const SelectionFigures& a, const SelectionFigures& b, const Preference& preference) {
    if (a.rmse || b.rmse) return a.rmse && (!b.rmse || *a.rmse < *b.rmse);
    if (preference.by == SelectBy::Nll) return a.nll < b.nll;
    if (a.accuracy != b.accuracy) return a.accuracy > b.accuracy;
    return preference.ties == Ties::LowerNll && a.nll < b.nll;
}

std::optional<std::size_t> pickCandidate(std::span<const CandidateFigures> candidates, CandidateRule rule,
                                         const Preference& preference) {
    if (rule == CandidateRule::Last) return candidates.empty() ? std::nullopt : std::optional(candidates.size() - 1);
    // As DomainBed has it, whatever the run went by itself.
    const Preference by = rule == CandidateRule::TrainingDomain ? Preference{.ties = Ties::Earlier} : preference;
    std::optional<std::size_t> picked;
    std::optional<SelectionFigures> best;
    for (std::size_t place = 0; place < candidates.size(); ++place) {
        const auto figures = figuresFor(rule, candidates[place]);
        if (!figures || (best && !isBetter(*figures, *best, by))) continue;
        best = figures;
        picked = place;
    }
    return picked;
}

const std::vector<std::string>& sweepRuleNames() {
    static const std::vector<std::string> names = {"training_domain", "leave_one_domain_out", "oracle"};
    return names;
}

const std::string& nameOf(SweepRule rule) {
    return sweepRuleNames().at(static_cast<std::size_t>(rule));
}

SweepRule sweepRuleNamed(std::string_view name) {
    return static_cast<SweepRule>(placeOf(name, sweepRuleNames(), "selection rule of a sweep"));
}

} // namespace levi
