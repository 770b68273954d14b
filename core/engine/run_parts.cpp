// SPDX-License-Identifier: Apache-2.0
#include "core/engine/run_parts.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/engine/backbone_training.h"
#include "core/engine/data/balanced_order.h"
#include "core/spec/backbones/backbone_options.h"
#include "core/spec/backbones/vit_options.h"
#include "core/spec/views/text_views.h"

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace levi {
namespace {

constexpr std::string_view kResource = "resource:";
constexpr std::int64_t kFewestRows = 2; // of a domain in a batch: a covariance, or two halves, need as many

OpenOptions openOptions(const ExperimentSpec& spec) {
    OpenOptions options;
    if (const auto* vit = spec.backbone.as<VitOptions>(); vit && vit->imageSize > 0)
        options.imageSize = ImageSize{.height = vit->imageSize, .width = vit->imageSize};
    if (const auto* text = spec.backboneView.as<TextViewOptions>()) options.textTokens = text->maxLength;
    options.adapter = backboneOptions(spec).adapter;
    return options;
}

} // namespace

bool usesBackbone(const ExperimentSpec& spec) {
    return spec.method.kind().method.usesBackbone;
}

bool usesSpecialist(const ExperimentSpec& spec) {
    return spec.method.kind().method.usesSpecialist;
}

ResolvedFacts resolvedFacts(const ExperimentSpec& spec, const std::string& dataFingerprint,
                            const BackboneInfo* backbone) {
    ResolvedFacts facts;
    for (const FieldRow& row : fieldRows(spec, section("data")))
        if (row.info.type == FieldType::Path && !row.value.get<std::string>().empty())
            facts[row.path] = dataFingerprint;
    for (const auto& [field, fingerprint] : tokenizerFacts(spec))
        facts[field] = fingerprint;
    if (!backbone) return facts;
    facts["backbone.path"] = backbone->weightsFingerprint; // an adapter's too
    if (!backboneOptions(spec).adapter.empty()) facts["backbone.adapter"] = "merged";
    if (const auto taps = tapsText(spec, static_cast<int>(backbone->depth)); !taps.empty()) facts["method.taps"] = taps;
    return facts;
}

std::optional<Problem> groupsProblem(const ExperimentSpec& spec, const TrainingGroups& groups) {
    const Kind& method = spec.method.kind();
    if (!method.method.needsGroups) return std::nullopt;
    const auto count = static_cast<std::int64_t>(groups.names.size());
    if (count < 2)
        return Problem{"method.kind",
                       fmt::format("{} compares training domains, and all training rows are of '{}'; use data with "
                                   "several in-distribution domains, or another method",
                                   method.label, fmt::join(groups.names, ", "))};
    if (rowsPerDomain(spec.train.batchSize, count) >= kFewestRows) return std::nullopt;
    return Problem{"train.batch_size",
                   fmt::format("found {}, expected at least {}: {} needs {} rows of each of the {} training domains in "
                               "every batch",
                               spec.train.batchSize, kFewestRows * count, method.label, kFewestRows, count)};
}

std::filesystem::path backboneFolder(const ExperimentSpec& spec) {
    return resolvedBackboneFolder(fieldValue(spec, "backbone.path").get<std::string>());
}

std::filesystem::path resolvedBackboneFolder(const std::string& path) {
    const auto at = path.rfind(kResource); // a spec's folder may stand before it
    if (at == std::string::npos) return path;
    const std::string name = path.substr(at + kResource.size());
    if (name.empty() || name.find_first_of("/\\") != std::string::npos || name == "..")
        throw Error("backbone.path: found '{}', expected resource:NAME with a plain name", path);
    return resourceHome() / "backbones" / name;
}

BackboneInfo backboneInfo(const ExperimentSpec& spec) {
    return inspectBackbone(backboneFolder(spec), openOptions(spec));
}

std::unique_ptr<Backbone> backboneOf(const ExperimentSpec& spec, at::Device device) {
    auto backbone = openBackbone(backboneFolder(spec), openOptions(spec));
    backbone->setPooling(pairOf(planOf(spec, static_cast<int>(backbone->info().depth)).pool));
    if (!device.is_cpu()) backbone->to(device, at::kFloat);
    return backbone;
}

std::unique_ptr<Network> networkOf(NetworkSource source) {
    const ExperimentSpec& spec = source.spec;
    const Initializer initializer(spec.seed, source.device);
    ReadoutParts parts{.outputs = source.outputs,
                       .trained = std::move(source.trained),
                       .standardisation = std::move(source.standardisation),
                       .kept = std::move(source.kept)};
    if (source.backbone) {
        parts.depth = source.backbone->depth;
        parts.width = source.backbone->width;
    }
    if (parts.standardisation) {
        parts.standardisation->mean = parts.standardisation->mean.to(source.device);
        parts.standardisation->scale = parts.standardisation->scale.to(source.device);
    }
    if (usesSpecialist(spec))
        parts.specialist = makeSpecialist(
            spec.specialist, source.specialistReads ? *source.specialistReads : specialistView(spec, nullptr)->form(),
            initializer);
    const auto plan = planOf(spec, static_cast<int>(parts.depth));
    if (parts.trained) setTraining(*parts.trained, spec, plan, initializer);
    return trainedMethodOf(spec).build(plan, std::move(parts), initializer);
}

} // namespace levi
