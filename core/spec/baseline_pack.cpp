// SPDX-License-Identifier: Apache-2.0
#include "core/spec/baseline_pack.h"

#include <algorithm>

namespace levi {
namespace {

constexpr const char* kCached = "cached";
constexpr const char* kAll = "all";

bool isDerived(const std::string& kind) {
    return methodKinds().at(kind).method.isDerived;
}

bool trainsNothingOfTheBackbone(const Kind& kind) {
    return !kind.method.isDerived && !kind.method.fixedMode;
}

void append(std::vector<std::string>& kinds, const std::string& kind) {
    if (std::ranges::find(kinds, kind) == kinds.end()) kinds.push_back(kind);
}

// Of derived kinds: the kinds of their parents.
std::vector<std::string> parentKinds(const std::string& kind, const std::vector<std::string>& asked) {
    const bool tunes = std::ranges::find(asked, "full_fine_tuning") != asked.end();
    if (kind == "output_ensemble") return {"specialist", tunes ? "full_fine_tuning" : "linear_probe"};
    if (kind == "wise_ft") return {"lp_ft"};
    return {"full_fine_tuning"};
}

// Kinds in the order asked for, "cached" and "all" written out, parents added.
std::vector<std::string> kindsOf(const std::vector<std::string>& asked) {
    std::vector<std::string> kinds;
    for (const std::string& name : asked) {
        if (name != kCached && name != kAll) append(kinds, name);
        for (const Kind& kind : methodKinds().all())
            if (name == kAll || (name == kCached && trainsNothingOfTheBackbone(kind))) append(kinds, kind.key);
    }
    for (const std::string& kind : std::vector(kinds))
        if (isDerived(kind))
            for (const std::string& parent : parentKinds(kind, asked))
                append(kinds, parent);
    std::ranges::stable_partition(kinds, [](const std::string& kind) { return !isDerived(kind); });
    return kinds;
}

std::string labelOf(const std::string& kind) {
    return methodKinds().at(kind).label;
}

ExperimentSpec baseline(const ExperimentSpec& spec, const std::string& kind) {
    ExperimentSpec made = spec;
    made.name = labelOf(kind);
    setField(made, "method.kind", kind);
    if (!isDerived(kind)) return made;
    Json parents = Json::array();
    for (const std::string& parent : parentKinds(kind, spec.baselines))
        parents.push_back(spec.method.is(parent) && !spec.name.empty() ? spec.name : labelOf(parent));
    setField(made, "method.parents", parents);
    return made;
}

} // namespace

std::optional<std::string> baselinesProblem(const std::vector<std::string>& baselines) {
    for (const std::string& name : baselines)
        if (name != kCached && name != kAll && !methodKinds().find(name))
            return fmt::format("'{}' is no method; expected cached, all, or some of {}", name,
                               methodKinds().keysText());
    return std::nullopt;
}

std::vector<ExperimentSpec> withBaselines(const ExperimentSpec& spec) {
    std::vector<ExperimentSpec> specs = {spec};
    for (const std::string& kind : kindsOf(spec.baselines))
        if (!spec.method.is(kind)) specs.push_back(baseline(spec, kind));
    std::ranges::stable_partition(specs,
                                  [](const ExperimentSpec& made) { return !made.method.kind().method.isDerived; });
    for (ExperimentSpec& made : specs)
        made.baselines.clear();
    return specs;
}

} // namespace levi
