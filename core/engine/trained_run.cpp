// SPDX-License-Identifier: Apache-2.0
#include "core/engine/trained_run.h"

#include "core/base/error.h"
#include "core/base/numbers.h"
#include "core/engine/artifacts.h"
#include "core/engine/data/load.h"
#include "core/engine/devices.h"

#include <nlohmann/json.hpp>

namespace levi {
namespace {

constexpr double kDataShare = 0.03, kFeatureShare = 0.6; // of the progress bar

PaceOptions paceOf(const ExperimentSpec& spec) {
    return {.learningRate = fieldValue(spec, "specialist.learning_rate").get<double>(),
            .weightDecay = fieldValue(spec, "specialist.weight_decay").get<double>()};
}

std::int64_t trainableCount(const Network& network) {
    std::int64_t count = 0;
    for (const Parameter& parameter : network.parameters())
        count += parameter.value.numel();
    return count;
}

} // namespace

TrainedRun::TrainedRun(const RunRequest& request, RunObserver& observer, std::stop_token stop)
    : m_request(request), m_spec(request.spec), m_observer(observer), m_stop(std::move(stop)), m_progress(observer) {}

RunResult TrainedRun::run() {
    m_device = usableDevice(m_spec.compute.device);
    environment("device", m_spec.compute.device);
    environment("threads", std::to_string(setThreads(m_spec.compute.threads)));
    const auto info = engineInfo();
    environment("libtorch", info.torchVersion);
    environment("cpu_capability", info.cpuCapability);
    loadData();
    if (usesBackbone(m_spec)) openBackbone();
    m_plan = planOf(m_spec, static_cast<int>(m_info.depth));
    tellFacts();
    planInputs();
    if (m_backbone && !m_plan.slots.empty()) makeFeatures();
    buildNetwork();
    const auto trained = train();
    writeArtifacts(trained);
    return std::move(m_result);
}

void TrainedRun::environment(const std::string& name, std::string text) {
    m_result.environment.push_back({name, std::move(text)});
}

void TrainedRun::loadData() {
    m_progress.begin("reading pictures", "pictures", 0, kDataShare);
    LoadOptions options{.threads = static_cast<int>(std::max<std::int64_t>(1, m_spec.compute.loaderThreads)),
                        .stop = m_stop,
                        .progress = [this](auto done, auto total) { m_progress.at(done, total); }};
    if (m_request.useCache) options.cacheFolder = m_request.cacheFolder;
    m_data = loadDataset(m_spec.data, options);
    environment("data_fingerprint", m_data.fingerprint);
    if (m_data.brokenFiles > 0) {
        std::string names;
        for (const BrokenFile& file : m_data.broken)
            names += fmt::format("; {}: {}", file.name, file.reason);
        m_progress.logged("warn", fmt::format("{} files cannot be read and are left out{}", m_data.brokenFiles, names));
    }
}

void TrainedRun::openBackbone() {
    m_backbone = backboneOf(m_spec, m_device);
    m_info = m_backbone->info();
    environment("weights_fingerprint", m_info.weightsFingerprint);
    environment("kernels", m_backbone->kernelsInUse() == Kernels::Packed ? "packed" : "plain");
}

void TrainedRun::tellFacts() {
    RunFacts facts{.facts = resolvedFacts(m_spec, m_data.fingerprint, m_backbone ? &m_info : nullptr),
                   .environment = m_result.environment};
    if (const auto taps = facts.facts.find("method.taps"); taps != facts.facts.end()) facts.taps = taps->second;
    m_observer.resolved(facts);
    m_result.environment.clear(); // told; what follows is told at the end
}

void TrainedRun::planInputs() {
    m_inputs = {.slots = m_plan.slots,
                .device = m_device,
                .loaderThreads = static_cast<int>(m_spec.compute.loaderThreads),
                .seed = m_spec.seed,
                .stop = m_stop};
    if (m_backbone) {
        m_inputs.readsPixels = trainsBackbone(m_spec);
        m_inputs.frozen = m_backbone.get();
        m_inputs.backbone = {.view = std::make_shared<PictureView>(backboneView(m_spec, m_info)),
                             .cache = std::make_shared<PictureCache>()};
    }
    if (usesSpecialist(m_spec))
        m_inputs.specialist = {.view = std::make_shared<PictureView>(specialistView(m_spec)),
                               .cache = std::make_shared<PictureCache>()};
}

FeatureOptions TrainedRun::featureOptions() {
    return {.cacheFolder = m_request.cacheFolder,
            .useCache = m_request.useCache,
            .limitBytes = m_request.cacheLimitBytes,
            .loaderThreads = static_cast<int>(m_spec.compute.loaderThreads),
            .stop = m_stop,
            .progress = [this](auto done, auto total) { m_progress.at(done, total); },
            .warn = [this](const std::string& text) { m_progress.logged("warn", text); }};
}

// Frozen: every role, apart from training rows that are augmented (needed all the same where they are standardised).
// Trained: only what the standardisation is fitted on, which is the backbone as published.
std::vector<RowSet> TrainedRun::rolesWithFeatures() const {
    const bool standardises = m_plan.normalization == Normalization::Standardize;
    if (trainsBackbone(m_spec)) return standardises ? std::vector{m_data.training.train} : std::vector<RowSet>{};
    return m_data.evaluation.roles;
}

void TrainedRun::makeFeatures() {
    const auto roles = rolesWithFeatures();
    if (roles.empty()) return;
    m_progress.begin("features", "pictures", kDataShare, kFeatureShare);
    const double before = m_progress.seconds();
    auto made = features(*m_backbone, *m_inputs.backbone.view, roles, featureOptions());
    m_result.backboneSamples = made.computedRows;
    environment("feature_key", featureKey(*m_backbone, *m_inputs.backbone.view));
    m_progress.logged("info",
                      fmt::format("features rows={} seconds={:.1f}", made.computedRows, m_progress.seconds() - before));
    if (m_plan.normalization == Normalization::Standardize)
        m_standardisation = standardisation(made.table, m_data.training.train, m_plan.slots);
    if (!m_inputs.readsPixels) m_inputs.features = std::make_shared<FeatureTable>(std::move(made.table));
}

void TrainedRun::buildNetwork() {
    NetworkSource source{.spec = m_spec,
                         .classes = static_cast<std::int64_t>(m_data.classes.size()),
                         .backbone = m_backbone ? &m_info : nullptr,
                         .standardisation = m_standardisation,
                         .device = m_device};
    if (m_backbone && trainsBackbone(m_spec)) {
        m_inputs.frozen = nullptr;
        source.trained = std::move(m_backbone);
    }
    m_network = networkOf(std::move(source));
    m_result.trainableParameters = trainableCount(*m_network);
}

TrainerResult TrainedRun::train() {
    m_progress.begin("training", "epochs", m_result.backboneSamples > 0 ? kFeatureShare : kDataShare, 1);
    TrainerOptions options{.train = m_spec.train,
                           .seed = m_spec.seed,
                           .stop = m_stop,
                           .runBegan = m_progress.began(),
                           .progress = [this](auto done, auto total) { m_progress.at(done, total); }};
    if (usesSpecialist(m_spec)) options.specialist = paceOf(m_spec);
    if (trainsBackbone(m_spec))
        options.backbone = {.learningRate = fieldValue(m_spec, "backbone.learning_rate").get<double>(),
                            .weightDecay = m_spec.train.weightDecay};
    Trainer trainer(*m_network, m_inputs, std::move(options));
    auto trained = trainer.run(m_data.training, m_data.evaluation, m_observer);
    m_result.state = trained.state;
    m_result.message = trained.message;
    return trained;
}

void TrainedRun::writeArtifacts(const TrainerResult& trained) {
    m_result.pickedIndex = trained.picked.index;
    if (trained.picked.index < 0) return;
    m_result.weightsSha256 = weightsSha256(trained.picked.weights);
    m_result.predictionsSha256 = predictionsSha256(trained.picked.predictions);
    if (m_request.artifactFolder.empty()) return;
    const Artifacts artifacts(m_request.artifactFolder);
    m_result.artifacts.push_back(artifacts.predictions(
        {.classes = m_data.classes, .domains = m_data.domains, .roles = trained.picked.predictions}));
    m_result.artifacts.push_back(artifacts.weights(*m_network, trained.picked.weights, m_data.classes));
    m_result.artifacts.push_back(artifacts.candidates(trained.candidates));
}

} // namespace levi
