// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/model/backbone_values.h"
#include "core/jobs/backbone_info.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace levi {

// Low-rank adaptation of linear layers (Hu et al. 2022), configured by the rules of PEFT.

// Modules by name: an item equals the whole name or its end after a dot; a pattern (base/name_pattern.h) matches the
// whole name, and "all-linear" every one. At most one of the two is given.
struct ModuleNames {
    std::vector<std::string> items;
    std::string pattern;

    bool empty() const { return items.empty() && pattern.empty(); }
};

struct LoraConfig {
    std::int64_t rank = 8;
    double alpha = 8;
    double dropout = 0;               // on x, in training steps
    bool rankStabilized = false;      // scale alpha / sqrt(r) rather than alpha / r (Kalajdzievski 2023)
    ModuleNames targets, exclude;     // exclude: of what is targeted
    std::vector<std::int64_t> blocks; // only in these, counted from 0; empty: in all
    // For modules whose name or its end after a dot matches a pattern: the first that does counts.
    std::vector<std::pair<std::string, std::int64_t>> rankPattern;
    std::vector<std::pair<std::string, double>> alphaPattern;
};

struct LoraTarget {
    LinearInfo module;
    std::int64_t rank = 0;
    double scale = 0;
};

// The linear layers that are adapted, in order of computation. Throws Error where an item or the pattern matches none;
// it lists those that there are.
std::vector<LoraTarget> loraTargets(const LoraConfig& config, const BackboneInfo& info);

// Of one module, whether it is a target or not.
LoraTarget loraTarget(const LoraConfig& config, const LinearInfo& module);

// Parts that change nothing yet: A uniform with bound 1 / sqrt(in), from streams of their own; B zero.
std::vector<LowRankPart> newLowRankParts(const LoraConfig& config, const BackboneInfo& info,
                                         const Initializer& initializer);

} // namespace levi
