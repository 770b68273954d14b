// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/picture_engine.h"

#include "core/base/clock.h"
#include "core/base/hash.h"
#include "core/spec/spec_json.h"

#include <cmath>
#include <thread>

namespace levi::test {
namespace {

using std::chrono::milliseconds;

const std::vector<std::string> kClasses{"dog", "elephant", "giraffe", "guitar", "horse", "house", "person"};
const std::vector<std::string> kDomains{"art_painting", "cartoon", "photo", "sketch"};
constexpr std::int64_t kRows[] = {2048, 2344, 1670, 3929};

std::vector<std::string> listOf(const ExperimentSpec& spec, const char* path) {
    std::vector<std::string> items;
    for (const Json& item : fieldValue(spec, path))
        items.push_back(item.get<std::string>());
    return items;
}

Thumbnail thumbnail(std::size_t kind, std::size_t domain) {
    Thumbnail picture{.row = fmt::format("{}/{}/{:03}.jpg", kDomains[domain], kClasses[kind], kind),
                      .className = kClasses[kind],
                      .domain = kDomains[domain],
                      .height = 48,
                      .width = 48};
    for (std::int64_t y = 0; y < 48; ++y)
        for (std::int64_t x = 0; x < 48; ++x) {
            const double wave = std::sin(static_cast<double>(x * static_cast<std::int64_t>(kind + 1)) / 9.0) *
                                std::cos(static_cast<double>(y) / (4.0 + static_cast<double>(domain)));
            for (const double phase : {0.0, 1.1, 2.3})
                picture.rgb.push_back(static_cast<std::uint8_t>(
                    127 + 110 * wave * std::cos(phase + static_cast<double>(kind + 2 * domain))));
        }
    return picture;
}

RoleInfo role(const std::string& name, const std::vector<std::size_t>& domains, double share) {
    RoleInfo info{.role = name, .rowsPerClass = std::vector<std::int64_t>(kClasses.size())};
    for (const std::size_t domain : domains) {
        const auto rows = static_cast<std::int64_t>(static_cast<double>(kRows[domain]) * share);
        info.rows += rows;
        info.rowsPerDomain.emplace_back(kDomains[domain], rows);
        for (std::size_t kind = 0; kind < kClasses.size(); ++kind)
            info.rowsPerClass[kind] += rows / static_cast<std::int64_t>(5 + (kind * 3 + domain) % 5);
    }
    for (std::size_t i = 0; i < 10; ++i)
        info.samples.push_back(thumbnail(i % kClasses.size(), domains[i % domains.size()]));
    return info;
}

bool isIn(const std::string& text, const std::vector<std::string>& list) {
    return std::ranges::find(list, text) != list.end();
}

std::vector<MetricRow> metricsOf(double done, std::uint64_t seed, const std::vector<std::string>& ood) {
    const double wobble = 0.01 * std::sin(static_cast<double>(seed) * 7.0 + done * 3.0);
    const double id = 0.93 * (1 - std::exp(-4 * done)) + wobble;
    std::vector<MetricRow> rows;
    const auto add = [&](const std::string& role, double value) {
        rows.push_back({role, "", "accuracy", value, 500});
        rows.push_back({role, "", "nll", 1.9 * (1 - value), 500});
    };
    add("train", id + 0.03);
    add("id_val", id);
    add("id_test", id - 0.01);
    for (std::size_t i = 0; i < ood.size(); ++i)
        add("ood_test/" + ood[i], 0.52 * (1 - std::exp(-3 * done)) - 0.08 * static_cast<double>(i) + 2 * wobble);
    return rows;
}

} // namespace

PictureEngine::PictureEngine()
    : FakeEngine([this](const RunRequest& request, RunObserver& observer, std::stop_token stop) {
          return train(request, observer, std::move(stop));
      }) {}

EngineInfo PictureEngine::info() {
    return {.torchVersion = "none", .cpuCapability = "AVX2", .cudaProblem = "no driver", .hasPackedLinear = true};
}

std::vector<DeviceInfo> PictureEngine::devices() {
    return {{.id = "cpu", .name = "Test CPU, 2 cores", .freeBytes = 12ull << 30, .totalBytes = 16ull << 30}};
}

std::vector<Problem> PictureEngine::problems(const ExperimentSpec& spec, std::stop_token) {
    if (spec.compute.device == "cpu") return {};
    return {{"compute.device", fmt::format("found {}, expected cpu: no driver", spec.compute.device)}};
}

BackboneInfo PictureEngine::inspectBackbone(const std::filesystem::path& folder) {
    std::this_thread::sleep_for(answerTakes.load());
    const std::string text = folder.string();
    if (text.find("absent") != std::string::npos)
        throw Error("{}: there is no such folder; name one with config.json and model.safetensors", text);
    const bool deep = text.find("deep") != std::string::npos;
    BackboneInfo info{.folder = text,
                      .family = "vit",
                      .naming = "hf",
                      .architecture = "ViT",
                      .depth = deep ? 48 : 12,
                      .width = 192,
                      .heads = 3,
                      .patchSize = 16,
                      .imageHeight = 224,
                      .imageWidth = 224,
                      .prefixTokens = 1};
    for (std::int64_t l = 0; l <= info.depth; ++l)
        info.layers.push_back({.name = l == 0 ? "embeddings" : fmt::format("block {}", l),
                               .width = 192,
                               .tokens = 197,
                               .parameters = l == 0 ? 185'664 : 444'864,
                               .flopsPerSample = l == 0 ? 57'802'752 : 198'000'000});
    for (const LayerInfo& layer : info.layers) {
        info.parameters += layer.parameters;
        info.flopsPerSample += layer.flopsPerSample;
    }
    info.notes = {"the classifier of the checkpoint is not read"};
    return info;
}

DataInfo PictureEngine::inspectData(const ExperimentSpec& spec, std::stop_token) {
    std::this_thread::sleep_for(answerTakes.load());
    DataInfo info{.classes = kClasses, .domains = kDomains, .foundDomains = kDomains, .fingerprint = "0123"};
    std::vector<std::string> idNames, oodNames{"sketch"};
    if (spec.data.is("image_folder")) {
        idNames = listOf(spec, "data.id");
        oodNames = listOf(spec, "data.ood");
    }
    std::vector<std::size_t> inside;
    for (std::size_t d = 0; d < kDomains.size(); ++d)
        if (idNames.empty() ? !isIn(kDomains[d], oodNames) : isIn(kDomains[d], idNames)) inside.push_back(d);
    if (inside.empty()) {
        info.problems = {"no domain is left to train on; take one out of data.ood"};
        return info;
    }
    info.roles = {role("train", inside, 0.7), role("id_val", inside, 0.15), role("id_test", inside, 0.15)};
    for (std::size_t d = 0; d < kDomains.size(); ++d)
        if (isIn(kDomains[d], oodNames)) info.roles.push_back(role("ood_test/" + kDomains[d], {d}, 1.0));
    return info;
}

CostEstimate PictureEngine::estimate(const ExperimentSpec& spec, const std::filesystem::path&, std::stop_token) {
    const MethodTraits& traits = spec.method.kind().method;
    CostEstimate cost{.depth = traits.usesBackbone ? 12 : 0, .rows = 9991, .cachedRows = 9991, .seconds = 41};
    if (traits.usesBackbone) cost.featureKey = "vit_tiny";
    if (traits.usesTaps) cost.taps = resolveLayers(layerChoiceOf(fieldValue(spec, "method.taps")), cost.depth);
    if (traits.usesSpecialist) cost.specialistParameters = 412'000;
    cost.adapterParameters = static_cast<std::int64_t>(cost.taps.size()) * (481 * 64 + 64 * 7);
    cost.trainableParameters = cost.adapterParameters + cost.specialistParameters;
    cost.frozenParameters = traits.usesBackbone ? 5'524'032 : 0;
    cost.backboneFlopsPerSample = traits.usesBackbone ? 2.43e9 : 0;
    cost.trainedFlopsPerSample = 2e6 * static_cast<double>(cost.taps.size()) + (traits.usesSpecialist ? 3e7 : 0);
    cost.inferenceFlopsPerSample = cost.backboneFlopsPerSample + cost.trainedFlopsPerSample;
    return cost;
}

RunResult PictureEngine::train(const RunRequest& request, RunObserver& observer, std::stop_token stop) {
    const int total = epochs;
    const Stopwatch clock;
    std::vector<std::string> ood{"cartoon", "sketch"};
    if (request.spec.data.is("image_folder")) ood = listOf(request.spec, "data.ood");
    observer.resolved({.taps = request.spec.method.kind().method.usesTaps ? "8-12" : ""});
    observer.logged({.unixSeconds = unixNow(), .level = "info", .text = "features read from the cache rows=9991"});
    for (int epoch = 1; epoch <= total; ++epoch) {
        for (int step = 0; step < 10; ++step) {
            std::this_thread::sleep_for(epochTakes.load() / 10);
            if (stop.stop_requested())
                return {.state = RunState::Cancelled, .message = "stopped", .pickedIndex = epoch - 2};
            const double at = epoch - 1 + step / 10.0;
            observer.stepped({.step = (epoch - 1) * 10 + step, .epoch = at, .loss = 1.9 * std::exp(-at / 4) + 0.1});
        }
        const double done = static_cast<double>(epoch) / total;
        observer.progressed({.phase = "training",
                             .done = epoch,
                             .total = total,
                             .unit = "epochs",
                             .share = done,
                             .secondsElapsed = clock.seconds(),
                             .secondsLeft = clock.seconds() / done * (1 - done)});
        observer.evaluated({.epoch = epoch,
                            .step = epoch * 10,
                            .trainLoss = 1.9 * std::exp(-epoch / 4.0) + 0.1,
                            .seconds = clock.seconds(),
                            .metrics = metricsOf(done, request.spec.seed, ood)});
        observer.logged({.unixSeconds = unixNow(),
                         .level = "info",
                         .text = fmt::format("epoch={} train_loss={:.3f} seconds={:.1f}", epoch,
                                             1.9 * std::exp(-epoch / 4.0) + 0.1, clock.seconds())});
    }
    return {.state = RunState::Done,
            .pickedIndex = total - 1,
            .backboneSamples = 0,
            .weightsSha256 = fingerprint(toJson(request.spec, true).dump()),
            .predictionsSha256 = std::string(64, 'b'),
            .trainableParameters = 573'000,
            .peakMemoryBytes = 700ull << 20};
}

} // namespace levi::test
