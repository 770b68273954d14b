// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/store/run_store.h"
#include "tests/store/made_runs.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace levi::test {

inline const StudyPlan kPlan{
    .name = "main",
    .question = "Is LEVI better?",
    .family = {{"LEVI", "linear probe"}, {.candidate = "LEVI", .baseline = "0123456789abcdef", .isExploratory = true}},
    .endpoint = Endpoint::OodMean,
    .metric = "macro_f1",
    .rule = CandidateRule::Last,
    .seeds = {0, 1, 2},
    .margin = 0.01};

inline NewRun runOf(const std::string& study, std::vector<std::int64_t> parents = {}) {
    NewRun run = newRun();
    run.study = study;
    run.parents = std::move(parents);
    return run;
}

inline std::int64_t finish(RunStore& store, const NewRun& run) {
    const auto id = store.beginRun(run);
    store.addCandidate(id, candidate(1, 0.75));
    store.addArtifact(id, {.kind = "predictions", .path = "run/predictions.safetensors"});
    store.addArtifact(id, {.kind = "candidates", .path = "run/candidates.safetensors"});
    store.addArtifact(id, {.kind = "weights", .path = "run/weights.safetensors"});
    store.addArtifact(id, {.kind = "start", .path = "run/start.safetensors"});
    store.endRun(id, {.pickedCandidate = store.addCandidate(id, candidate(2, 0.5))});
    return id;
}

// Whether any path of the store gives a figure of a test role.
inline bool isOpen(const RunStore& store, std::int64_t id) {
    std::vector<MetricRow> rows = store.run(id)->metrics;
    for (const RunSummary& run : store.runs(CandidateRule::OracleOod))
        if (run.id == id) std::ranges::copy(run.metrics, std::back_inserter(rows));
    for (const CandidateRecord& one : store.candidates(id))
        std::ranges::copy(one.metrics, std::back_inserter(rows));
    const bool shown =
        std::ranges::any_of(rows, [](const MetricRow& row) { return isTestRole(row.role) && row.value.has_value(); });
    const auto artifacts = store.artifacts(id);
    return shown ||
           std::ranges::any_of(artifacts, [](const auto& one) { return one.kind != "weights" && one.kind != "start"; });
}

} // namespace levi::test
