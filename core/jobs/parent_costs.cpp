// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/parent_costs.h"

#include <algorithm>
#include <map>
#include <string>

namespace levi {
namespace {

using Cost = std::optional<double>;
using Parents = std::span<const RunSummary>;

Cost sumOf(Parents parents, Cost Efficiency::*cost, double own = 0) {
    double sum = own;
    for (const RunSummary& parent : parents) {
        if (!(parent.efficiency.*cost)) return std::nullopt;
        sum += *(parent.efficiency.*cost);
    }
    return sum;
}

void addAnswers(Efficiency& cost, Parents parents) {
    using E = Efficiency;
    for (const auto part : {&E::inferenceFlopsPerSample, &E::inferenceSecondsPerSample, &E::inferencePeakBytes})
        cost.*part = sumOf(parents, part);
    for (const RunSummary& parent : parents) // one backbone, to compare with
        for (const auto part : {&E::backboneFlopsPerSample, &E::backboneSecondsPerSample, &E::backbonePeakBytes})
            if (!(cost.*part)) cost.*part = parent.efficiency.*part;
}

// Of each setting once: runs of one that differ by seed were tuned together.
Cost trialsOf(Parents parents) {
    std::map<std::string, double> trials;
    for (const RunSummary& parent : parents) {
        if (!parent.efficiency.tuningTrials) return std::nullopt;
        trials[parent.cell] = *parent.efficiency.tuningTrials;
    }
    double sum = 0;
    for (const auto& [cell, count] : trials)
        sum += count;
    return sum;
}

// An ensemble holds the networks of all its parents, mixed weights are one network.
std::int64_t trainedParameters(Parents parents, bool isEnsemble) {
    std::int64_t sum = 0, largest = 0;
    for (const RunSummary& parent : parents) {
        sum += parent.trainableParameters;
        largest = std::max(largest, parent.trainableParameters);
    }
    return isEnsemble ? sum : largest;
}

} // namespace

void addParentCosts(RunResult& result, const ExperimentSpec& spec, std::span<const RunSummary> parents) {
    if (parents.empty() || result.state != RunState::Done) return;
    Efficiency& cost = result.efficiency;
    cost.trainingFlops = sumOf(parents, &Efficiency::trainingFlops, cost.trainingFlops.value_or(0));
    if (!spec.method.kind().method.isDerived) return;
    cost.tuningTrials = trialsOf(parents);
    const bool isEnsemble = !cost.inferenceFlopsPerSample;
    result.trainableParameters = trainedParameters(parents, isEnsemble);
    if (isEnsemble) addAnswers(cost, parents);
}

} // namespace levi
