// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/baseline_runs.h"

#include "core/jobs/engine.h"
#include "core/spec/baseline_pack.h"

#include <algorithm>

namespace levi {
namespace {

bool isAsked(const ExperimentSpec& spec, const std::string& kind) {
    return std::ranges::find(spec.baselines, kind) != spec.baselines.end();
}

// Whether a setting that was asked for by name is made of runs of `name`.
bool isNeeded(const ExperimentSpec& spec, const std::vector<ExperimentSpec>& settings, const std::string& name) {
    return std::ranges::any_of(settings, [&](const ExperimentSpec& setting) {
        const Kind& kind = setting.method.kind();
        if (!kind.method.isDerived || !isAsked(spec, kind.key)) return false;
        const auto parents = fieldValue(setting, "method.parents").get<std::vector<std::string>>();
        return std::ranges::find(parents, name) != parents.end();
    });
}

} // namespace

std::vector<UnfitBaseline> unfitBaselines(const ExperimentSpec& spec, Engine& engine, std::stop_token stop) {
    std::vector<UnfitBaseline> unfit;
    if (spec.baselines.empty() || baselinesProblem(spec.baselines)) return unfit;
    const auto settings = withBaselines(spec);
    for (const ExperimentSpec& setting : settings) {
        const Kind& kind = setting.method.kind();
        if (kind.key == spec.method.kind().key || kind.method.isDerived) continue;
        const auto problems = engine.problems(setting, stop);
        if (problems.empty()) continue;
        unfit.push_back({.name = setting.name,
                         .reason = problems.front().path + ": " + problems.front().message,
                         .isNamed = isAsked(spec, kind.key) || isNeeded(spec, settings, setting.name)});
    }
    return unfit;
}

std::vector<std::string> namesOf(const std::vector<UnfitBaseline>& unfit) {
    std::vector<std::string> names;
    for (const UnfitBaseline& baseline : unfit)
        names.push_back(baseline.name);
    return names;
}

} // namespace levi
