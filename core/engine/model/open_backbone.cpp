// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/backbone.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/hash.h"
#include "core/base/random.h"
#include "core/engine/image/preprocess.h"
#include "core/engine/model/family.h"
#include "core/engine/model/peft_format.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/normal.h>
#include <c10/core/GradMode.h>
#include <fmt/ranges.h>

#include <set>

namespace levi {
namespace {

constexpr double kRandomStd = 0.02;                              // initializer_range of the reference configs
constexpr std::uint64_t kMostInspected = std::uint64_t{4} << 30; // bytes of values: seconds

std::string familyNames() {
    std::vector<std::string> names;
    for (const auto& family : backboneFamilies())
        names.push_back(family.name);
    return fmt::format("{}", fmt::join(names, ", "));
}

// What config.json calls itself.
std::string selfName(const nlohmann::json& config) {
    for (const auto* field : {"model_type", "architecture"})
        if (config.contains(field) && config.at(field).is_string()) return config.at(field).get<std::string>();
    return "unnamed";
}

std::vector<LinearInfo> linearsOf(const std::vector<TensorSpec>& tensors, std::int64_t depth) {
    constexpr std::string_view kEnding = ".weight";
    std::vector<LinearInfo> linears;
    for (const auto& spec : tensors)
        if (spec.place.isLinear)
            linears.push_back({.name = spec.name.substr(0, spec.name.size() - kEnding.size()),
                               .layer = spec.kind == TensorSpec::Kind::Head ? depth + 1 : spec.place.layer,
                               .outputs = spec.shape.at(0),
                               .inputs = spec.shape.at(1)});
    return linears;
}

// Of a network of texts that is all there: whatever modules the file holds beside its own are heads, of any name. A
// second network, under its bare names or in its wrapper, is none.
void ignoreHeads(Blueprint& blueprint, const CheckpointWeights& weights) {
    const std::string& prefix = blueprint.info.names.prefix;
    const auto moduleOf = [](const std::string& name) { return name.substr(0, name.find('.') + 1); };
    std::set<std::string> own = {blueprint.info.names.wrapperPrefix};
    for (const TensorSpec& spec : blueprint.tensors) {
        if (spec.kind == TensorSpec::Kind::Backbone && !weights.find(spec.inFile())) return;
        own.insert(moduleOf(spec.inFile()));
        if (spec.inFile().starts_with(prefix)) own.insert(moduleOf(spec.inFile().substr(prefix.size())));
    }
    for (const TensorEntry* entry : weights.tensors())
        if (const std::string module = moduleOf(entry->name); !module.empty() && own.insert(module).second)
            blueprint.ignored.push_back(module);
}

// Its parts are checked against the network; the weights are those of both.
void planAdapter(Blueprint& blueprint, const std::filesystem::path& folder) try {
    BackboneInfo& info = blueprint.info;
    const PeftAdapter adapter = readPeftAdapter(folder, info);
    const SavedModules saved = checkSaved(adapter, info, blueprint.tensors, blueprint.ignored);
    for (const std::string& problem : saved.problems)
        info.problems.push_back(fmt::format("{}: {}", folder.string(), problem));
    for (const std::string& note : saved.notes)
        info.notes.push_back(fmt::format("{}: {}", folder.string(), note));
    Fingerprinter both;
    both.add(info.weightsFingerprint);
    for (const char* name : {"adapter_config.json", "adapter_model.safetensors"})
        both.add(readFile(folder / name));
    info.weightsFingerprint = both.hex();
    info.notes.push_back(fmt::format("{}: an adapter of {} low-rank parts, merged into the weights", folder.string(),
                                     adapter.parts.size()));
} catch (const Error& error) {
    blueprint.info.problems.emplace_back(error.what());
}

void checkWeights(Blueprint& blueprint, const CheckpointWeights& weights, std::uint64_t mostBytes) {
    BackboneInfo& info = blueprint.info;
    if (info.readsTexts()) ignoreHeads(blueprint, weights);
    const auto add = [&info](TensorComparison&& compared) {
        std::ranges::move(compared.problems, std::back_inserter(info.problems));
        std::ranges::move(compared.notes, std::back_inserter(info.notes));
    };
    add(compareTensors(weights, blueprint.tensors, blueprint.ignored));
    if (info.usable()) add(compareValues(weights, blueprint.tensors, mostBytes));
}

// mostBytes: of the values that are looked at.
Blueprint plan(const Checkpoint& checkpoint, const OpenOptions& options, std::uint64_t mostBytes) {
    for (const auto& family : backboneFamilies()) {
        if (!family.claims(checkpoint.config)) continue;
        auto blueprint = family.plan(checkpoint, options);
        auto& info = blueprint.info;
        info.folder = checkpoint.folder.string();
        info.linears = linearsOf(blueprint.tensors, info.depth);
        if (!checkpoint.weights) {
            if (!options.randomSeed)
                info.problems.push_back(fmt::format("{}: has no model.safetensors (nor model.safetensors.index.json)",
                                                    checkpoint.folder.string()));
            info.notes.push_back("no weights in the folder");
            return blueprint;
        }
        info.weightsFingerprint =
            fingerprint(fmt::format("{}\n{}\n{}", checkpoint.weights->contentFingerprint(), blueprint.meaning,
                                    info.readsTexts() ? std::string() : recipeText(info.preprocess)));
        if (blueprint.tensors.empty()) return blueprint;
        checkWeights(blueprint, *checkpoint.weights, mostBytes);
        if (!options.adapter.empty()) planAdapter(blueprint, options.adapter);
        return blueprint;
    }
    throw Error("{}: config.json describes a backbone of kind '{}', known are {}", checkpoint.folder.string(),
                selfName(checkpoint.config), familyNames());
}

// Norms start at one, biases at zero, the rest normal with a stream of its own per tensor.
at::Tensor randomTensor(const TensorSpec& spec, std::uint64_t seed, std::uint64_t index) {
    auto tensor = at::empty(spec.shape, at::kFloat);
    if (spec.shape.size() == 1) return spec.place.isBias ? tensor.zero_() : tensor.fill_(1);
    auto generator = at::make_generator<at::CPUGeneratorImpl>(streamSeed(seed, "backbone weights", index));
    return tensor.normal_(0, kRandomStd, generator);
}

} // namespace

BackboneInfo inspectBackbone(const std::filesystem::path& folder, const OpenOptions& options) {
    try {
        return plan(openCheckpoint(folder), options, kMostInspected).info;
    } catch (const std::exception& error) {
        BackboneInfo info;
        info.folder = folder.string();
        info.problems.emplace_back(error.what());
        return info;
    }
}

std::unique_ptr<Backbone> openBackbone(const std::filesystem::path& folder, const OpenOptions& options) {
    const auto checkpoint = openCheckpoint(folder);
    auto blueprint = plan(checkpoint, options, UINT64_MAX);
    if (!blueprint.info.usable())
        throw Error("{}: cannot be used as a backbone:\n- {}", folder.string(),
                    fmt::join(blueprint.info.problems, "\n- "));
    const c10::NoGradGuard noGrad;
    BackboneTensors tensors;
    for (const auto& spec : blueprint.tensors) {
        const bool isHead = spec.kind == TensorSpec::Kind::Head;
        const auto index = tensors.parameters.size() + tensors.heads.size();
        (isHead ? tensors.heads : tensors.parameters)
            .push_back({spec.name, checkpoint.weights ? checkpoint.weights->read(spec.inFile()).to(at::kFloat)
                                                      : randomTensor(spec, *options.randomSeed, index)});
        if (!isHead) tensors.places.push_back(spec.place);
    }
    if (blueprint.adapt) blueprint.adapt(tensors.parameters);
    auto backbone = blueprint.build(std::move(blueprint.info), std::move(tensors));
    if (options.adapter.empty()) return backbone;
    const std::string fingerprint = backbone->info().weightsFingerprint; // holds the adapter's
    adapt(*backbone, readPeftAdapter(options.adapter, backbone->info()));
    backbone->mergeLowRank();
    backbone->setWeightsFingerprint(fingerprint);
    return backbone;
}

} // namespace levi
