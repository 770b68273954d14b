// SPDX-License-Identifier: Apache-2.0
#include "app/run_selection.h"

#include "app/store_lookup.h"
#include "core/base/error.h"
#include "core/base/numbers.h"
#include "core/jobs/study_runs.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <set>

namespace levi {
namespace {

std::optional<CandidateRule> ruleOf(const RunSelection& selection, const std::optional<StudyRecord>& study) {
    if (!selection.rule.empty()) return candidateRuleNamed(selection.rule);
    return study ? std::optional(study->plan.rule) : std::nullopt;
}

} // namespace

void addRunSelection(CLI::App& verb, RunSelection& selection) {
    addStoreOption(verb, selection.store);
    addWhichRuns(verb, selection);
}

void addWhichRuns(CLI::App& verb, RunSelection& selection) {
    verb.add_option("--study", selection.study, "Only the runs of this study, by its rule");
    verb.add_option("--rule", selection.rule,
                    "Pick each run's candidate afterwards: id_val, ood_val, training_domain, last, oracle_id or "
                    "oracle_ood")
        ->check(CLI::IsMember(candidateRuleNames()));
}

SelectedRuns selectRuns(const RunSelection& selection) {
    const RunStore store(selection.store, RunStore::Access::Read);
    SelectedRuns selected;
    if (!selection.study.empty()) {
        selected.study = store.study(selection.study);
        if (!selected.study)
            throw Error("{}: has no study '{}'; `levi study list` names them", selection.store.string(),
                        selection.study);
    }
    selected.runs = store.runs(ruleOf(selection, selected.study));
    if (selected.study) {
        std::erase_if(selected.runs, [&](const RunSummary& run) { return run.study != selection.study; });
        for (RunSummary& run : selected.runs)
            run.name = settingName(run); // within it that alone counts
    }
    for (StudyRecord& study : store.studies())
        if (std::ranges::find(selected.runs, study.plan.name, &RunSummary::study) != selected.runs.end())
            selected.studies.push_back(std::move(study));
    return selected;
}

void announceStudy(const std::filesystem::path& store, const std::string& name, std::span<const ExperimentSpec> specs) {
    if (name.empty()) return;
    const auto study = RunStore(store).study(name);
    if (!study) throw Error("{}: has no study '{}'; `levi study new` makes one", store.string(), name);
    requireItsMetric(study->plan, specs);
    std::set<std::uint64_t> seeds;
    for (const ExperimentSpec& spec : specs)
        seeds.insert(spec.seed);
    const auto& stated = study->plan.seeds;
    for (const std::uint64_t seed : seeds)
        if (!stated.empty() && std::ranges::find(stated, seed) == stated.end())
            fmt::print(stderr, "levi: seed {} is none of those that the study states ({})\n", seed, seedsText(stated));
}

} // namespace levi
