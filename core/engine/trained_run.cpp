// SPDX-License-Identifier: Apache-2.0
#include "core/engine/trained_run.h"

#include "core/base/error.h"
#include "core/engine/artifacts.h"
#include "core/engine/backbone_training.h"
#include "core/engine/inference_cost.h"
#include "core/engine/train/work_done.h"

#include <nlohmann/json.hpp>

namespace levi {
namespace {

constexpr std::string_view kBackboneNames = "backbone."; // before the names of the backbone's parameters

PaceOptions paceOf(const ExperimentSpec& spec) {
    return {.learningRate = fieldValue(spec, "specialist.learning_rate").get<double>(),
            .weightDecay = fieldValue(spec, "specialist.weight_decay").get<double>()};
}

} // namespace

TrainedRun::TrainedRun(const RunRequest& request, RunObserver& observer, std::stop_token stop)
    : m_setup(request, request.spec, observer, std::move(stop)) {}

RunResult TrainedRun::run() {
    const double before = workDone();
    m_setup.open();
    makeObjective();
    m_setup.observer.resolved(m_setup.facts());
    m_setup.build();
    Candidates candidates(*m_setup.network, m_setup.inputs, m_setup.data.training, m_setup.data.evaluation,
                          candidateRules(), m_setup.observer);
    prepare(candidates);
    if (trainsInSteps(m_setup.spec)) train(candidates);
    writeArtifacts(candidates);
    m_setup.result.efficiency.trainingFlops = workDone() - before;
    if (m_setup.result.state == RunState::Done) measureInference(m_setup);
    return std::move(m_setup.result);
}

void TrainedRun::makeObjective() {
    const auto groups = trainingGroups(m_setup.data.training.train);
    if (const auto problem = groupsProblem(m_setup.spec, groups))
        throw Error("{}: {}", problem->path, problem->message);
    m_objective = trainedMethodOf(m_setup.spec).objective(m_setup.spec, groups);
}

CandidateOptions TrainedRun::candidateRules() const {
    return {.preference = preferenceOf(m_setup.spec),
            .precision = precisionOf(m_setup.spec),
            .runBegan = m_setup.progress.began()};
}

// Where steps follow, what they begin with is measured, and its heads are kept.
void TrainedRun::prepare(Candidates& candidates) {
    const Phase phase = trainedMethodOf(m_setup.spec).prepare(m_setup.spec);
    if (!phase) return;
    m_setup.progress.begin("fitting", "settings", m_setup.shareNow(),
                           trainsInSteps(m_setup.spec) ? m_setup.shareNow() : 1);
    phase(*m_setup.network,
          {.spec = m_setup.spec,
           .plan = m_setup.plan,
           .rows = m_setup.data.training,
           .features = m_setup.startFeatures.get(),
           .candidates = candidates,
           .stop = m_setup.stop,
           .log = [this](const auto& level, const auto& text) { m_setup.progress.logged(level, text); },
           .progress = [this](auto done, auto total) { m_setup.progress.at(done, total); }});
    if (!trainsInSteps(m_setup.spec)) return;
    candidates.note({.kind = kStartKind});
    for (NamedTensor& tensor : trainedTensors(*m_setup.network))
        if (!tensor.name.starts_with(kBackboneNames)) m_start.push_back(std::move(tensor));
}

void TrainedRun::train(Candidates& candidates) {
    m_setup.progress.begin("training", "epochs", m_setup.shareNow(), 1);
    TrainerOptions options{
        .train = m_setup.spec.train,
        .objective = m_objective.get(),
        .seed = m_setup.spec.seed,
        .stop = m_setup.stop,
        .runBegan = m_setup.progress.began(),
        .progress = [this](const TrainingStand& at) { m_setup.progress.at(at.epoch, at.epochs, at.share); }};
    if (usesSpecialist(m_setup.spec)) options.specialist = paceOf(m_setup.spec);
    if (trainsBackbone(m_setup.spec))
        options.backbone = {.learningRate = fieldValue(m_setup.spec, "backbone.learning_rate").get<double>(),
                            .weightDecay = m_setup.spec.train.weightDecay};
    Trainer trainer(*m_setup.network, m_setup.inputs, std::move(options));
    const auto trained = trainer.run(m_setup.data.training.train, candidates, m_setup.observer);
    m_setup.result.state = trained.state;
    m_setup.result.message = trained.message;
    if (m_objective) m_setup.note(m_objective->notes());
    if (candidates.picked().index < 0) return;
    setTrainedTensors(*m_setup.network, candidates.picked().weights);
    m_setup.note(m_setup.network->notes());
}

void TrainedRun::writeArtifacts(const Candidates& candidates) {
    const Picked& picked = candidates.picked();
    m_setup.result.pickedIndex = picked.index;
    if (picked.index < 0) return;
    m_setup.result.weightsSha256 = picked.weightsSha256;
    m_setup.result.predictionsSha256 = predictionsSha256(picked.predictions);
    if (m_setup.request.artifactFolder.empty()) return;
    const Artifacts artifacts(m_setup.request.artifactFolder);
    const auto add = [this](ArtifactRecord record) { m_setup.result.artifacts.push_back(std::move(record)); };
    add(artifacts.predictions({m_setup.data, picked.predictions}));
    const WeightsNotes notes = m_setup.weightsNotes();
    add(artifacts.weights("weights", picked.weights, m_setup.network->constants(), notes));
    add(artifacts.candidates(candidates.all()));
    if (!m_start.empty()) add(artifacts.weights("start", m_start, {}, notes));
    if (backboneMode(m_setup.spec) != BackboneMode::Lora) return;
    PeftAdapter adapter = adapterOf(m_setup.spec, m_setup.info, m_setup.plan, picked.weights);
    restoreUnit(adapter, m_setup.data);
    for (ArtifactRecord& record : artifacts.adapter(adapter, m_setup.info.names))
        add(std::move(record));
}

} // namespace levi
