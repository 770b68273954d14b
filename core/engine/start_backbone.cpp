// SPDX-License-Identifier: Apache-2.0
#include "core/engine/start_backbone.h"

#include "core/base/error.h"
#include "core/engine/backbone_training.h"
#include "core/engine/method/predictions.h"
#include "core/engine/run_parts.h"
#include "core/spec/backbones/backbone_options.h"

#include <algorithm>
#include <map>

namespace levi {
namespace {

constexpr std::string_view kBackbone = "backbone.", kA = ".lora_A.weight", kB = ".lora_B.weight";

// What a run's weights say of the backbone.
struct RunWeights {
    std::vector<NamedTensor> whole;
    std::map<std::string, LowRankPart> parts; // by module
};

RunWeights weightsOf(const ParentRun& run) {
    const Safetensors file(run.weightsFile);
    weightsTask(file); // it is a file of ours
    RunWeights weights;
    for (const TensorEntry& entry : file.tensors()) {
        if (!entry.name.starts_with(kBackbone)) continue;
        const std::string name = entry.name.substr(kBackbone.size());
        const bool isA = name.ends_with(kA);
        if (!isA && !name.ends_with(kB)) {
            weights.whole.push_back({name, file.read(entry.name)});
            continue;
        }
        LowRankPart& part = weights.parts[name.substr(0, name.size() - kA.size())];
        (isA ? part.a : part.b) = file.read(entry.name);
    }
    return weights;
}

std::vector<LowRankPart> partsOf(const RunWeights& weights, const ParentRun& run, const BackboneInfo& info) {
    std::vector<LowRankPart> parts;
    if (weights.parts.empty()) return parts;
    const auto config = loraConfig(run.spec, info, info.depth);
    for (const auto& [module, part] : weights.parts) {
        const auto linear = std::ranges::find(info.linears, module, &LinearInfo::name);
        if (linear == info.linears.end() || !part.a.defined() || !part.b.defined())
            throw Error("its low-rank part of '{}' does not fit the backbone", module);
        parts.push_back({.module = module, .a = part.a, .b = part.b, .scale = loraTarget(config, *linear).scale});
    }
    return parts;
}

void takeOver(Backbone& backbone, const ParentRun& run) {
    if (run.weightsFile.empty()) throw Error("it kept no weights");
    if (run.weightsFingerprint != backbone.info().weightsFingerprint)
        throw Error("it started from other weights ({}) than those that this spec names ({})", run.weightsFingerprint,
                    backbone.info().weightsFingerprint);
    const RunWeights weights = weightsOf(run);
    const auto parts = partsOf(weights, run, backbone.info());
    if (weights.whole.empty() && parts.empty()) throw Error("it left the backbone as it was");
    if (!weights.whole.empty()) backbone.replace(weights.whole);
    if (parts.empty()) return;
    backbone.addLowRank(parts);
    backbone.mergeLowRank();
}

} // namespace

std::unique_ptr<Backbone> startBackbone(const ExperimentSpec& spec, at::Device device,
                                        const std::vector<ParentRun>& runs) {
    const std::string fromRun = backboneOptions(spec).fromRun;
    if (!fromRun.empty() && runs.empty()) throw Error("backbone.from_run: no run was found for '{}'", fromRun);
    auto backbone = backboneOf(spec, at::kCPU);
    for (const ParentRun& run : runs)
        try {
            takeOver(*backbone, run);
        } catch (const Error& error) {
            throw Error("backbone.from_run: run {} ('{}') cannot be built on: {}", run.id, run.name, error.what());
        }
    if (!device.is_cpu()) backbone->to(device, at::kFloat);
    return backbone;
}

} // namespace levi
