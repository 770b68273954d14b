// SPDX-License-Identifier: Apache-2.0
#include "core/engine/run_setup.h"

#include "core/base/error.h"
#include "core/engine/backbone_training.h"
#include "core/engine/cost_estimate.h"
#include "core/engine/data/length_order.h"
#include "core/engine/data/load.h"
#include "core/engine/devices.h"
#include "core/engine/start_backbone.h"
#include "core/spec/readings.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace levi {
namespace {

constexpr double kDataShare = 0.03;       // of the progress bar
constexpr double kLeastForTheRest = 0.05; // what follows the features is never nothing
constexpr double kSelectionPart = 0.25;   // of what the features leave, where a method selects some

std::int64_t trainableCount(const Network& network) {
    std::int64_t count = 0;
    for (const Parameter& parameter : network.parameters())
        count += parameter.value.numel();
    return count;
}

} // namespace

RunSetup::RunSetup(const RunRequest& ofRun, const ExperimentSpec& ofSpec, RunObserver& told, std::stop_token requested)
    : request(ofRun),
      spec(ofSpec),
      observer(told),
      stop(std::move(requested)),
      progress(told),
      m_featureEnd(kDataShare) {
    if (&spec == &request.spec) m_backboneRuns = request.parents;
}

void RunSetup::open() {
    device = usableDevice(spec.compute.device, precisionOf(spec));
    environment("device", spec.compute.device);
    for (const NamedText& fact : deviceFacts(device))
        environment(fact.name, fact.text);
    environment("threads", std::to_string(setThreads(spec.compute.threads)));
    const auto engine = engineInfo();
    environment("libtorch", engine.torchVersion);
    environment("cpu_capability", engine.cpuCapability);
    loadData();
    if (usesBackbone(spec)) openBackbone();
    plan = planOf(spec, static_cast<int>(info.depth));
}

void RunSetup::build() {
    planInputs();
    if (m_backbone && !plan.slots.empty()) makeFeatures();
    if (plan.selectsFeatures) selectFeatures();
    buildNetwork();
}

RunFacts RunSetup::facts() {
    BackboneInfo published = info; // the weights of a run differ by seed: its cell stands for them
    published.weightsFingerprint = m_publishedFingerprint;
    RunFacts facts{.facts = resolvedFacts(spec, data.fingerprint, m_backbone ? &published : nullptr),
                   .environment = result.environment};
    if (const auto taps = facts.facts.find("method.taps"); taps != facts.facts.end()) facts.taps = taps->second;
    result.environment.clear(); // told; what follows is told at the end
    return facts;
}

void RunSetup::environment(const std::string& name, std::string text) {
    result.environment.push_back({name, std::move(text)});
}

void RunSetup::note(const std::vector<NamedText>& notes) {
    for (const auto& [name, text] : notes) {
        progress.logged("info", fmt::format("{} {}", name, text));
        environment(name, text);
    }
}

void RunSetup::loadData() {
    progress.begin(readsPictures() ? "reading pictures" : "reading rows", things(), 0, kDataShare);
    LoadOptions options{.threads = static_cast<int>(std::max<std::int64_t>(1, spec.compute.loaderThreads)),
                        .stop = stop,
                        .progress = [this](auto done, auto total) { progress.at(done, total); }};
    if (request.useCache) options.cacheFolder = request.cacheFolder;
    data = loadDataset(spec.data, options);
    environment("data_fingerprint", data.fingerprint);
    for (const std::string& note : data.notes)
        progress.logged("warn", note);
    if (data.brokenFiles > 0) {
        std::string names;
        for (const BrokenFile& file : data.broken)
            names += "; " + file.reason;
        progress.logged("warn", fmt::format("{} cannot be read and {} left out{}",
                                            data.brokenFiles == 1 ? "1 file or row"
                                                                  : fmt::format("{} files or rows", data.brokenFiles),
                                            data.brokenFiles == 1 ? "is" : "are", names));
    }
}

void RunSetup::openBackbone() {
    m_backbone = startBackbone(spec, device, m_backboneRuns);
    info = m_backbone->info();
    for (const auto& [field, message] : readerProblems(spec, info))
        throw Error("{}: {}", field, message);
    m_publishedFingerprint = m_backboneRuns.empty() ? info.weightsFingerprint : backboneInfo(spec).weightsFingerprint;
    environment("weights_fingerprint", info.weightsFingerprint);
    environment("kernels", m_backbone->kernelsInUse() == Kernels::Packed ? "packed" : "plain");
}

void RunSetup::planInputs() {
    inputs = {.slots = plan.slots,
              .device = device,
              .loaderThreads = static_cast<int>(spec.compute.loaderThreads),
              .balancesDomains = spec.method.kind().method.needsGroups,
              .seed = spec.seed,
              .stop = stop};
    if (m_backbone) {
        inputs.readsRows = trainsBackbone(spec);
        inputs.frozen = m_backbone.get();
        inputs.backbone = {.view = backboneView(spec, info), .cache = std::make_shared<PictureCache>()};
        const bool haveLengths = inputs.backbone.view->form().kind == ReadingKind::Text;
        if (inputs.readsRows && haveLengths && !inputs.balancesDomains)
            inputs.trainLengths =
                lengthsOf(*inputs.backbone.view, data.training.train, {.threads = inputs.loaderThreads, .stop = stop});
    }
    if (usesSpecialist(spec))
        inputs.specialist = {.view = specialistView(spec, &data.training.train),
                             .cache = std::make_shared<PictureCache>()};
}

bool RunSetup::readsPictures() const {
    const auto& readings = spec.data.kind().readings;
    return readings.empty() || readings.front() == kPictureReading;
}

FeatureOptions RunSetup::featureOptions() {
    return {.cacheFolder = request.cacheFolder,
            .useCache = request.useCache,
            .limitBytes = request.cacheLimitBytes,
            .loaderThreads = static_cast<int>(spec.compute.loaderThreads),
            .computedOn = computedOn(spec.compute.device),
            .stop = stop,
            .progress =
                [this](auto done, auto total) {
                    if (m_featureEnd == kDataShare && total > 0) planFeatures(total);
                    progress.at(done, total);
                },
            .warn = [this](const std::string& text) { progress.logged("warn", text); }};
}

// Frozen: every role, apart from training rows that are augmented (needed all the same where they are standardised).
// Trained: only what a phase before the training reads, or the standardisation is fitted on: the backbone as it starts.
std::vector<RowSet> RunSetup::rolesWithFeatures() const {
    if (!trainsBackbone(spec)) return data.evaluation.roles;
    if (trainedMethodOf(spec).prepare(spec)) return {data.training.train, data.training.idVal};
    const bool standardises = plan.normalization == Normalization::Standardize;
    return standardises ? std::vector{data.training.train} : std::vector<RowSet>{};
}

void RunSetup::makeFeatures() {
    const auto roles = rolesWithFeatures();
    if (roles.empty()) return;
    progress.begin("features", things(), kDataShare, kDataShare);
    const double before = progress.seconds();
    const FeatureOptions options = featureOptions();
    auto made = features(*m_backbone, *inputs.backbone.view, roles, options);
    result.backboneSamples = made.computedRows;
    environment("feature_key", featureKey(*m_backbone, *inputs.backbone.view, options.computedOn));
    progress.logged("info",
                    fmt::format("features rows={} seconds={:.1f}", made.computedRows, progress.seconds() - before));
    if (plan.normalization == Normalization::Standardize)
        m_standardisation = standardisation(made.table, data.training.train, plan.slots);
    startFeatures = std::make_shared<FeatureTable>(std::move(made.table));
    if (!inputs.readsRows) inputs.features = startFeatures;
}

// The bar is divided as the time is reckoned to be.
void RunSetup::planFeatures(std::int64_t passRows) {
    const double share = featureShare(spec, info, data, passRows);
    m_featureEnd = kDataShare + std::clamp(share * (1 - kDataShare), 1e-3, 1 - kDataShare - kLeastForTheRest);
    progress.endsAt(m_featureEnd);
}

void RunSetup::selectFeatures() {
    progress.begin("selecting features", "steps", m_featureEnd, shareNow());
    auto selection =
        trainedMethodOf(spec).select({.spec = spec,
                                      .plan = plan,
                                      .roles = data.training,
                                      .features = inputs.features,
                                      .outputs = data.outputs(),
                                      .depth = info.depth,
                                      .device = device,
                                      .stop = stop,
                                      .progress = [this](auto done, auto total) { progress.at(done, total); }});
    m_kept = selection.kept;
    note(selection.notes);
}

void RunSetup::buildNetwork() {
    NetworkSource source{.spec = spec,
                         .outputs = data.outputs(),
                         .backbone = m_backbone ? &info : nullptr,
                         .standardisation = m_standardisation,
                         .kept = m_kept,
                         .device = device};
    if (inputs.specialist.view) source.specialistReads = inputs.specialist.view->form();
    if (m_backbone && trainsBackbone(spec)) {
        inputs.frozen = nullptr;
        source.trained = std::move(m_backbone);
    }
    network = networkOf(std::move(source));
    result.trainableParameters = trainableCount(*network);
}

WeightsNotes RunSetup::weightsNotes() const {
    return {.task = data, .fitted = inputs.specialist.view ? inputs.specialist.view->fitted() : std::string()};
}

double RunSetup::shareNow() const {
    return m_featureEnd + (plan.selectsFeatures ? kSelectionPart * (1 - m_featureEnd) : 0);
}

} // namespace levi
