// SPDX-License-Identifier: Apache-2.0
#include "core/engine/merged_run.h"

#include "core/base/error.h"
#include "core/engine/artifacts.h"
#include "core/engine/backbone_training.h"
#include "core/engine/data/load.h"
#include "core/engine/inference_cost.h"
#include "core/engine/train/mixed_precision.h"
#include "core/spec/backbones/backbone_options.h"

#include <c10/core/GradMode.h>

#include <algorithm>

namespace levi {
namespace {

const ParentRun& firstParent(const RunRequest& request) {
    if (request.parents.empty()) throw Error("method.parents: found no finished run, expected at least 1");
    return request.parents.front();
}

// Rows too: a mixture of runs with different splits would have been trained on what it is judged by.
void checkParents(const RunRequest& request) {
    const ParentRun& first = firstParent(request);
    const auto rows = readPredictions(first.predictionsFile);
    for (const ParentRun& parent : request.parents) {
        if (parent.weightsFile.empty())
            throw Error("run {} ('{}'): kept no weights, expected a run that trains", parent.id, parent.name);
        if (parent.weightsFingerprint != first.weightsFingerprint)
            throw Error("'{}' and '{}' started from different backbones; their weights do not mix", first.name,
                        parent.name);
        const bool hasBackbone = parent.spec.method.kind().method.usesBackbone;
        if (hasBackbone && !backboneOptions(parent.spec).fromRun.empty())
            throw Error(
                "run {} ('{}'): its backbone came from run '{}' (backbone.from_run), whose weights a mixture cannot "
                "build on; expected runs that start from the published backbone",
                parent.id, parent.name, backboneOptions(parent.spec).fromRun);
        if (backboneMode(parent.spec) == BackboneMode::Lora)
            throw Error(
                "run {} ('{}'): the mean of two low-rank parts is not that of what they stand for; expected runs "
                "without LoRA",
                parent.id, parent.name);
        if (parent.dataFingerprint != first.dataFingerprint)
            throw Error("'{}' and '{}' read different data; their rows differ, and so what they may be judged by",
                        first.name, parent.name);
        checkSameRows(rows, readPredictions(parent.predictionsFile), first.name, parent.name);
    }
}

// The parents' network and data, where the mixture's own spec has them computed: it waits in that device's lane.
ExperimentSpec specOf(const RunRequest& request) {
    ExperimentSpec spec = firstParent(request).spec;
    spec.compute = request.spec.compute;
    return spec;
}

Weights readWeights(const std::filesystem::path& path, const Network& network) {
    const Safetensors file(path);
    Weights weights;
    for (const Parameter& parameter : network.parameters())
        if (file.find(parameter.name)) weights.push_back({parameter.name, file.read(parameter.name)});
    std::ranges::sort(weights, {}, &NamedTensor::name);
    return weights;
}

} // namespace

MergedRun::MergedRun(const RunRequest& request, RunObserver& observer, std::stop_token stop)
    : m_request(request), m_spec(specOf(request)), m_setup(request, m_spec, observer, std::move(stop)) {}

RunResult MergedRun::run() {
    checkParents(m_request);
    m_setup.open();
    if (m_setup.plan.selectsFeatures)
        throw Error("method.parents: each run of '{}' reads features that it selected itself; their weights do not mix",
                    m_setup.spec.method.kind().label);
    m_setup.observer.resolved({.facts = {}, .taps = {}, .environment = m_setup.facts().environment});
    m_setup.build();
    const auto weights = parents();
    const auto& method = std::get<MergedMethod>(methodOf(m_request.spec));
    const Merge merge = method.merge({.spec = m_request.spec,
                                      .parents = weights,
                                      .idVal = [this](const Weights& tried) { return measured(tried); },
                                      .log = [this](const auto& line) { m_setup.progress.logged("info", line); }});
    Candidates candidates(*m_setup.network, m_setup.inputs, m_setup.data.training, m_setup.data.evaluation,
                          {.preference = preferenceOf(m_request.spec),
                           .precision = precisionOf(m_setup.spec),
                           .runBegan = m_setup.progress.began()},
                          m_setup.observer);
    measure(merge, candidates);
    writeArtifacts(candidates);
    m_setup.result.trainableParameters = 0;
    measureInference(m_setup);
    return std::move(m_setup.result);
}

std::vector<ParentWeights> MergedRun::parents() {
    std::vector<ParentWeights> all;
    for (const ParentRun& parent : m_request.parents) {
        all.push_back({.name = parent.name,
                       .seed = parent.spec.seed,
                       .trained = readWeights(parent.weightsFile, *m_setup.network),
                       .start = startOf(parent)});
        m_setup.progress.logged("info", fmt::format("parent run={} name=\"{}\" seed={} tensors={}", parent.id,
                                                    parent.name, parent.spec.seed, all.back().trained.size()));
    }
    return all;
}

// The heads that it kept from its start, and of the backbone what the network has been built with.
Weights MergedRun::startOf(const ParentRun& parent) const {
    if (parent.startFile.empty()) return {};
    Weights start = trainedTensors(*m_setup.network);
    for (NamedTensor& head : readWeights(parent.startFile, *m_setup.network))
        std::ranges::find(start, head.name, &NamedTensor::name)->tensor = head.tensor;
    return start;
}

void MergedRun::take(const Weights& weights) {
    const c10::NoGradGuard noGrad;
    for (const Parameter& parameter : m_setup.network->parameters()) {
        const auto found = std::ranges::find(weights, parameter.name, &NamedTensor::name);
        if (found == weights.end() || found->tensor.sizes() != parameter.value.sizes())
            throw Error("'{}' is missing in the mixed weights, or has another shape", parameter.name);
        parameter.value.copy_(found->tensor);
    }
}

IdValFigures MergedRun::measured(const Weights& weights) {
    if (m_setup.stop.stop_requested()) throw Stopped();
    take(weights);
    const MixedPrecision mixed(precisionOf(m_setup.spec), m_setup.device);
    RolePredictions predicted;
    const auto figures = idValFigures(*m_setup.network, m_setup.inputs, m_setup.data.training.idVal, predicted);
    if (!figures) throw Error("a prediction of the mixed weights on id_val is not a finite number");
    return *figures;
}

void MergedRun::measure(const Merge& merge, Candidates& candidates) {
    m_setup.progress.begin("evaluating", "mixtures", m_setup.shareNow(), 1);
    for (std::size_t i = 0; i < merge.mixtures.size(); ++i) {
        if (m_setup.stop.stop_requested()) throw Stopped();
        take(merge.mixtures[i].make());
        const bool mayBePicked = !merge.picked || *merge.picked == i;
        const std::string label = merge.mixtures[i].label;
        CandidateRecord record{.kind = mayBePicked ? label : kReferencePrefix + label,
                               .epoch = static_cast<std::int64_t>(i)};
        const auto outcome = mayBePicked ? candidates.offer(record) : candidates.note(record);
        if (outcome == Candidates::Outcome::NotFinite)
            throw Error("{}: a prediction on id_val is not a finite number", label);
        m_setup.progress.at(static_cast<std::int64_t>(i + 1), static_cast<std::int64_t>(merge.mixtures.size()));
    }
}

void MergedRun::writeArtifacts(const Candidates& candidates) {
    const Picked& picked = candidates.picked();
    RunResult& result = m_setup.result;
    result.pickedIndex = picked.index;
    result.weightsSha256 = picked.weightsSha256;
    result.predictionsSha256 = predictionsSha256(picked.predictions);
    if (m_request.artifactFolder.empty()) return;
    const Artifacts artifacts(m_request.artifactFolder);
    const Dataset& data = m_setup.data;
    result.artifacts.push_back(artifacts.predictions({data, picked.predictions}));
    result.artifacts.push_back(
        artifacts.weights("weights", picked.weights, m_setup.network->constants(), m_setup.weightsNotes()));
    result.artifacts.push_back(artifacts.candidates(candidates.all()));
}

} // namespace levi
