// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/baseline_runs.h"

#include "core/jobs/engine.h"
#include "core/spec/baseline_pack.h"

#include <algorithm>

namespace levi {

std::vector<UnfitBaseline> unfitBaselines(const ExperimentSpec& spec, Engine& engine, std::stop_token stop) {
    std::vector<UnfitBaseline> unfit;
    if (spec.baselines.empty() || baselinesProblem(spec.baselines)) return unfit;
    for (const ExperimentSpec& setting : withBaselines(spec)) {
        const Kind& kind = setting.method.kind();
        if (kind.key == spec.method.kind().key || kind.method.isDerived) continue;
        const auto problems = engine.problems(setting, stop);
        if (problems.empty()) continue;
        unfit.push_back({.name = setting.name,
                         .reason = problems.front().path + ": " + problems.front().message,
                         .isNamed = std::ranges::find(spec.baselines, kind.key) != spec.baselines.end()});
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
