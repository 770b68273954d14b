// SPDX-License-Identifier: Apache-2.0
#include "core/spec/baseline_pack.h"

#include "core/spec/backbones/backbone_options.h"

#include <algorithm>
#include <set>

namespace levi {
namespace {

constexpr const char* kCached = "cached";
constexpr const char* kAll = "all";
constexpr int kMembers = 3;

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
    if (kind == "all_layer_probe" && spec.method.is("levi"))
        setField(made, "method.taps", fieldValue(spec, "method.taps")); // its own default is other layers
    adaptLearningRate(made, spec);
    if (!isDerived(kind)) return made;
    Json parents = Json::array();
    for (const std::string& parent : parentKinds(kind, spec.baselines))
        parents.push_back(spec.method.is(parent) && !spec.name.empty() ? spec.name : labelOf(parent));
    setField(made, "method.parents", parents);
    if (made.method.is("weight_soup")) setField(made, "method.members", kMembers);
    return made;
}

std::optional<Json> methodField(const ExperimentSpec& spec, const std::string& path) {
    for (const FieldRow& row : fieldRows(spec, section("method")))
        if (row.path == path) return row.value;
    return std::nullopt;
}

bool contains(const auto& list, const auto& value) {
    return std::ranges::find(list, value) != list.end();
}

bool dependsOn(const ExperimentSpec& setting, const std::vector<std::string>& names) {
    const auto parents = isDerived(setting.method.kind().key) ? methodField(setting, "method.parents") : std::nullopt;
    if (!parents) return false;
    return std::ranges::any_of(parents->get<std::vector<std::string>>(),
                               [&](const std::string& parent) { return contains(names, parent); });
}

using Seeds = std::vector<std::uint64_t>;

// Those at which a setting has a run: the ones whose members are all there.
Seeds seedsOf(const ExperimentSpec& setting, const Seeds& seeds) {
    const std::uint64_t members = membersOf(setting);
    if (members == 1) return seeds;
    const std::set<std::uint64_t> known(seeds.begin(), seeds.end());
    Seeds found;
    for (const std::uint64_t seed : known) {
        std::uint64_t member = 0;
        while (member < members && known.contains(seed * members + member))
            ++member;
        if (member == members) found.push_back(seed);
    }
    return found;
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

std::uint64_t membersOf(const ExperimentSpec& spec) {
    const auto members = methodField(spec, "method.members");
    return members ? std::max<std::uint64_t>(1, members->get<std::uint64_t>()) : 1;
}

std::vector<PackSetting> packSettings(const ExperimentSpec& spec, const Seeds& seeds,
                                      const std::vector<std::string>& without) {
    std::vector<PackSetting> settings;
    for (ExperimentSpec& setting : withBaselines(spec)) {
        const bool isBaseline = setting.method.kind().key != spec.method.kind().key;
        if (isBaseline && (contains(without, setting.name) || dependsOn(setting, without))) continue;
        Seeds own = isBaseline ? seedsOf(setting, seeds) : seeds;
        settings.push_back({std::move(setting), std::move(own)});
    }
    return settings;
}

std::vector<ExperimentSpec> packRuns(const ExperimentSpec& spec, const std::vector<std::uint64_t>& seeds,
                                     const std::vector<std::string>& without) {
    std::vector<ExperimentSpec> runs;
    for (const PackSetting& setting : packSettings(spec, seeds, without))
        for (const std::uint64_t seed : setting.seeds) {
            runs.push_back(setting.spec);
            runs.back().seed = seed;
        }
    return runs;
}

} // namespace levi
