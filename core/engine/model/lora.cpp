// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/lora.h"

#include "core/base/error.h"
#include "core/base/name_pattern.h"

#include <ATen/ops/zeros.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

namespace levi {
namespace {

constexpr std::string_view kEveryLinear = "all-linear";

bool endsWithItem(const std::string& name, const std::string& item) {
    return name == item || name.ends_with("." + item);
}

using NameRule = std::function<bool(const std::string& name)>;

NameRule ruleOf(const ModuleNames& names) {
    if (names.pattern == kEveryLinear) return [](const std::string&) { return true; };
    if (!names.pattern.empty())
        return [pattern = NamePattern(names.pattern)](const std::string& name) { return pattern.matches(name); };
    return [items = names.items](const std::string& name) {
        return std::ranges::any_of(items, [&name](const std::string& item) { return endsWithItem(name, item); });
    };
}

// The value of the first pattern that a module's name, or its end after a dot, matches.
template<typename T>
T valueFor(const std::vector<std::pair<std::string, T>>& patterns, const std::string& name, T otherwise) {
    for (const auto& [pattern, value] : patterns)
        if (NamePattern(fmt::format("(?:.*\\.)?(?:{})", pattern)).matches(name)) return value;
    return otherwise;
}

// "encoder.layer.N.output.dense": names that differ by numbers are one.
std::string withoutNumbers(const std::string& name) {
    std::string text;
    for (std::size_t begin = 0; begin <= name.size();) {
        const std::size_t dot = std::min(name.find('.', begin), name.size());
        const std::string part = name.substr(begin, dot - begin);
        const bool isNumber = !part.empty() && part.find_first_not_of("0123456789") == std::string::npos;
        text += (text.empty() ? "" : ".") + (isNumber ? std::string("N") : part);
        begin = dot + 1;
    }
    return text;
}

// Heads of the checkpoint are not trained.
std::vector<LinearInfo> trainableLinears(const BackboneInfo& info) {
    std::vector<LinearInfo> linears;
    std::ranges::copy_if(info.linears, std::back_inserter(linears),
                         [&info](const LinearInfo& linear) { return linear.layer <= info.depth; });
    return linears;
}

std::string modulesText(const BackboneInfo& info) {
    std::set<std::string> seen;
    std::vector<std::string> names;
    for (const LinearInfo& linear : trainableLinears(info))
        if (seen.insert(withoutNumbers(linear.name)).second) names.push_back(withoutNumbers(linear.name));
    return fmt::format("the linear layers are {} (N from 0 to {})", fmt::join(names, ", "), info.depth - 1);
}

void checkEachMatches(const ModuleNames& names, const BackboneInfo& info) {
    const auto linears = trainableLinears(info);
    for (const std::string& item : names.items)
        if (std::ranges::none_of(linears, [&](const LinearInfo& l) { return endsWithItem(l.name, item); }))
            throw Error("found '{}', which is no linear layer of the backbone; {}", item, modulesText(info));
    if (names.empty()) throw Error("names no linear layer to adapt; {}", modulesText(info));
}

} // namespace

LoraTarget loraTarget(const LoraConfig& config, const LinearInfo& module) {
    const auto rank = valueFor(config.rankPattern, module.name, config.rank);
    const auto alpha = valueFor(config.alphaPattern, module.name, config.alpha);
    const auto r = static_cast<double>(rank);
    return {.module = module, .rank = rank, .scale = alpha / (config.rankStabilized ? std::sqrt(r) : r)};
}

std::vector<LoraTarget> loraTargets(const LoraConfig& config, const BackboneInfo& info) {
    checkEachMatches(config.targets, info);
    const auto isTarget = ruleOf(config.targets), isExcluded = ruleOf(config.exclude);
    std::vector<LoraTarget> targets;
    for (const LinearInfo& linear : trainableLinears(info)) {
        const bool inBlocks =
            config.blocks.empty() || std::ranges::find(config.blocks, linear.layer - 1) != config.blocks.end();
        if (inBlocks && isTarget(linear.name) && !isExcluded(linear.name))
            targets.push_back(loraTarget(config, linear));
    }
    if (targets.empty())
        throw Error("{} no linear layer of the backbone; {}",
                    config.targets.pattern.empty() ? "leaves" : fmt::format("'{}' matches", config.targets.pattern),
                    modulesText(info));
    return targets;
}

std::vector<LowRankPart> newLowRankParts(const LoraConfig& config, const BackboneInfo& info,
                                         const Initializer& initializer) {
    std::vector<LowRankPart> parts;
    for (const auto& [module, rank, scale] : loraTargets(config, info)) {
        const double bound = 1 / std::sqrt(static_cast<double>(module.inputs));
        const auto a = initializer.draw("backbone." + module.name + ".lora_A.weight", {rank, module.inputs}, bound);
        parts.push_back({.module = module.name,
                         .a = a.to(initializer.device()),
                         .b = at::zeros({module.outputs, rank}, a.options()).to(initializer.device()),
                         .scale = scale,
                         .dropout = config.dropout});
    }
    return parts;
}

} // namespace levi
