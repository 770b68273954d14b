// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/named_studies.h"

#include "core/base/error.h"
#include "core/jobs/demo_specs.h"
#include "core/report/study_page.h"
#include "core/spec/backbones/backbone_options.h"
#include "core/spec/baseline_pack.h"
#include "core/spec/data/target_options.h"
#include "core/spec/methods/derived_options.h"
#include "core/spec/methods/levi_options.h"
#include "core/stats/comparison_family.h"

#include <algorithm>
#include <functional>
#include <set>

namespace levi {
namespace {

std::string nameOf(const ExperimentSpec& spec) {
    return spec.name.empty() ? spec.method.kind().label : spec.name;
}

// Every setting but the first against that one; those that answer the study's question are its family, the others are
// exploratory.
void compareWithFirst(NamedStudy& study, const std::function<bool(const std::string& name)>& answers) {
    const std::string baseline = study.sweep.variants.front().at("name").get<std::string>();
    for (const Json& variant : study.sweep.variants)
        if (const std::string name = variant.at("name").get<std::string>(); name != baseline)
            study.plan.family.push_back({.candidate = name, .baseline = baseline, .isExploratory = !answers(name)});
}

// Into the part `backbone` of a variant, where it is not that of the base.
void takeLearningRate(Json& backbone, const ExperimentSpec& spec, const ExperimentSpec& base) {
    if (const Json rate = fieldValue(spec, "backbone.learning_rate");
        rate != fieldValue(base, "backbone.learning_rate"))
        backbone["learning_rate"] = rate;
}

// What another way of training it changes of the base.
Json changesOfBackbone(ExperimentSpec& other, const ExperimentSpec& base) {
    adaptLearningRate(other, base);
    Json changes = {{"mode", fieldValue(other, "backbone.mode")}};
    takeLearningRate(changes, other, base);
    return changes;
}

// The settings of one method in the four conditions, or in the two that it can tell apart.
class Premise {
public:
    void add(const ExperimentSpec& spec) {
        const bool isDerived = spec.method.kind().method.isDerived;
        const bool readsBackbone = isDerived || spec.method.kind().method.usesBackbone;
        for (const char* pretraining : {"clean", "flawed"})
            for (const char* data : {"unbiased", "biased"})
                if (readsBackbone || pretraining == std::string("clean"))
                    m_study.sweep.variants.push_back(variant(spec, {readsBackbone ? pretraining : "any", data}));
        if (readsBackbone) compare(spec.name, spec.method.is("full_fine_tuning"));
    }

    // Who repairs what both sides hurt.
    void compareRivals(const std::string& candidate, const std::vector<ExperimentSpec>& specs) {
        for (const ExperimentSpec& spec : specs) {
            const bool readsNone = spec.method.is("specialist");
            if (spec.name != candidate)
                m_study.plan.family.push_back(
                    {.candidate = premiseName(candidate, {"flawed", "biased"}),
                     .baseline = premiseName(spec.name, {readsNone ? "any" : "flawed", "biased"})});
        }
    }

    NamedStudy take() { return std::move(m_study); }

private:
    static Json variant(const ExperimentSpec& spec, const Condition& condition) {
        Json json = toJson(spec);
        json["name"] = premiseName(spec.name, condition);
        if (const auto* ensemble = spec.method.as<OutputEnsembleOptions>()) {
            Json parents = Json::array();
            for (const std::string& parent : ensemble->parents)
                parents.push_back(
                    premiseName(parent, {parent == "Specialist" ? "any" : condition.pretraining, condition.data}));
            json["method"]["parents"] = std::move(parents);
            return json;
        }
        if (condition.data == "unbiased") json["data"]["cue_strength"] = 0.0;
        if (condition.pretraining == "clean") json["backbone"]["path"] = "resource:demo_vit_clean";
        return json;
    }

    // Whether each side hurts is asked of the usual way to adapt a backbone, `isUsual`; of others, and of both sides at
    // once, it is exploratory.
    void compare(const std::string& method, bool isUsual) {
        const std::string good = premiseName(method, {"clean", "unbiased"});
        for (const Condition& worse : {Condition{"flawed", "unbiased"}, {"clean", "biased"}, {"flawed", "biased"}}) {
            const bool isOneSide = worse.pretraining == "clean" || worse.data == "unbiased";
            m_study.plan.family.push_back(
                {.candidate = premiseName(method, worse), .baseline = good, .isExploratory = !(isUsual && isOneSide)});
        }
    }

    NamedStudy m_study;
};

class Ablation {
public:
    Ablation(const ExperimentSpec& base, int depth)
        : m_base(base), m_levi(*base.method.as<LeviOptions>()), m_depth(depth) {
        m_seen.insert(resolveLayers(m_levi.taps, depth));
        add(nameOf(base), Json::object());
    }

    NamedStudy take() {
        addLayers();
        addSpecialists();
        addFields();
        NamedStudy study{.plan = {.name = "ablation",
                                  .question = "Which part of '" + nameOf(m_base) + "' does what it is there for?",
                                  .endpoint = Endpoint::OodMean},
                         .sweep = {.base = m_base, .variants = std::move(m_variants)}};
        study.plan.metric = usualMetricOf(m_base);
        // What its parts are there for: several layers, a specialist, one that is made for the task.
        const std::string lastAlone = fmt::format("layers: {} alone", m_depth);
        compareWithFirst(study, [&](const std::string& name) {
            return name == lastAlone || name == kNoSpecialist || name.starts_with(kGeneric) ||
                   name.starts_with(kSpecialised);
        });
        return study;
    }

private:
    static constexpr const char* kNoSpecialist = "specialist: none";
    static constexpr std::string_view kGeneric = "specialist: generic, ";
    static constexpr std::string_view kSpecialised = "specialist: task-specialised, ";

    void add(const std::string& name, Json changes) {
        changes["name"] = name;
        m_variants.push_back(std::move(changes));
    }

    void addTaps(const std::string& name, const std::string& taps) {
        const auto resolved = resolveLayers({taps}, m_depth);
        if (!resolved.empty() && m_seen.insert(resolved).second) add(name, {{"method", {{"taps", taps}}}});
    }

    void addLayers() {
        const int third = std::max(1, m_depth / 3), twoThirds = std::max(third + 1, 2 * m_depth / 3);
        const auto range = [](int first, int last) { return fmt::format("{}-{}", first, last); };
        if (m_depth >= 3) {
            addTaps("layers: early, " + range(1, third), range(1, third));
            addTaps("layers: middle, " + range(third + 1, twoThirds), range(third + 1, twoThirds));
            addTaps("layers: late, " + range(twoThirds + 1, m_depth), range(twoThirds + 1, m_depth));
        }
        addTaps("layers: all", "all");
        for (int layer = 1; layer <= m_depth; ++layer)
            addTaps(fmt::format("layers: {} alone", layer), std::to_string(layer));
    }

    // With the base's own fields, and not the defaults of its kind, which are others.
    Json methodWithoutSpecialist() const {
        ExperimentSpec probe = m_base;
        setField(probe, "method.kind", "all_layer_probe");
        const auto own = fieldRows(m_base, section("method"));
        Json method = {{"kind", "all_layer_probe"}};
        for (const FieldRow& row : fieldRows(probe, section("method")))
            if (const auto same = std::ranges::find(own, row.path, &FieldRow::path);
                same != own.end() && row.path != "method.kind")
                method[row.path.substr(row.path.find('.') + 1)] = same->value;
        return method;
    }

    void addSpecialists() {
        add(kNoSpecialist, {{"method", methodWithoutSpecialist()}});
        const std::string field = widthField();
        if (field.empty()) return;
        const auto width = fieldValue(m_base, "specialist." + field).get<std::int64_t>();
        for (const auto& [title, wished] : {std::pair{"narrower", width / 2}, std::pair{"wider", width * 2}})
            if (const std::int64_t other = std::clamp<std::int64_t>((wished + 4) / 8 * 8, 8, 256); other != width)
                add(fmt::format("specialist: {}, {}", title, other), {{"specialist", {{field, other}}}});
        addOtherSpecialist();
    }

    // A generic one knows nothing of the task: a small transformer on the picture or the text, from scratch.
    void addOtherSpecialist() {
        const auto addKind = [this](std::string_view which, const char* title, Json specialist) {
            Json changes = {{"specialist", std::move(specialist)}};
            if (!m_base.specialistView.is("picture")) changes["specialist_view"] = {{"kind", "text"}};
            add(std::string(which) + title, std::move(changes));
        };
        const std::string& kind = m_base.specialist.kind().key;
        if (kind == "transformer") return addKind(kSpecialised, "CNN", {{"kind", "cnn"}});
        if (kind == "text_transformer") return addKind(kSpecialised, "bag of tokens", {{"kind", "bag"}});
        if (kind == "cnn") return addKind(kGeneric, "transformer", {{"kind", "transformer"}, {"patch", patch()}});
        addKind(kGeneric, "transformer", {{"kind", "text_transformer"}});
    }

    std::string widthField() const { // of the specialist; "": it has none
        for (const char* key : {"width", "embedding_width", "id_width", "hidden_width"})
            for (const Field& field : m_base.specialist.kind().fields)
                if (field.info.key == key) return key;
        return "";
    }

    // About 8 by 8 patches, whatever the resolution.
    std::int64_t patch() const {
        const auto side = fieldValue(m_base, "specialist_view.resolution").get<std::int64_t>();
        std::int64_t best = 1;
        for (std::int64_t size = 1; size <= side / 2; ++size)
            if (side % size == 0 && std::abs(side / size - 8) < std::abs(side / best - 8)) best = size;
        return best;
    }

    void addFields() {
        addOthers("adapter", "adapter: ", {"linear", "mlp"});
        for (const std::string& combine : kEnumNames<Combine>)
            if (combine != nameOf(Combine::MeanProbabilities) || !predictsNumbers(m_base))
                addOthers("combine", "combination: ", {combine});
        addOthers("normalization", "normalisation: ", kEnumNames<Normalization>);
        const bool isFrozen = backboneMode(m_base) == BackboneMode::Frozen;
        ExperimentSpec other = m_base;
        setField(other, "backbone.mode", isFrozen ? "lora" : "frozen");
        add(isFrozen ? "backbone: LoRA" : "backbone: frozen", {{"backbone", changesOfBackbone(other, m_base)}});
    }

    void addOthers(const char* field, const std::string& title, const std::vector<std::string>& values) {
        const Json own = fieldValue(m_base, std::string("method.") + field);
        for (const std::string& value : values)
            if (own != value) add(title + value, {{"method", {{field, value}}}});
    }

    const ExperimentSpec& m_base;
    const LeviOptions& m_levi;
    int m_depth;
    std::set<std::vector<int>> m_seen;
    std::vector<Json> m_variants;
};

} // namespace

NamedStudy premiseStudy() {
    const auto specs = demoSpecs();
    Premise premise;
    for (const ExperimentSpec& spec : specs)
        premise.add(spec);
    premise.compareRivals(specs.front().name, specs);
    NamedStudy study = premise.take();
    study.plan.name = "premise";
    study.plan.endpoint = Endpoint::OodMean;
    study.plan.question = "Do flaws of pretraining and of the fine-tuning data both hurt out of distribution, and who "
                          "repairs which?";
    return study;
}

NamedStudy ablationStudy(const ExperimentSpec& base, int depth) {
    if (!base.method.as<LeviOptions>())
        throw Error("method.kind: found '{}', expected levi: its parts are what is taken apart",
                    base.method.kind().key);
    return Ablation(base, depth).take();
}

namespace {

// LEVI on a backbone that is trained otherwise: what that costs beside the frozen one, or the other way round.
void addOtherModes(NamedStudy& study, const ExperimentSpec& base) {
    if (!base.method.is("levi")) return;
    const std::pair<const char*, BackboneMode> modes[] = {
        {", frozen backbone", BackboneMode::Frozen}, {" on LoRA", BackboneMode::Lora}, {", full", BackboneMode::Full}};
    for (const auto& [words, mode] : modes) {
        if (mode == backboneMode(base)) continue;
        ExperimentSpec other = base;
        setField(other, "backbone.mode", nameOf(mode));
        study.sweep.variants.push_back({{"name", nameOf(base) + words}, {"backbone", changesOfBackbone(other, base)}});
    }
}

} // namespace

NamedStudy efficiencyStudy(const ExperimentSpec& base, bool hasGroups) {
    ExperimentSpec all = base;
    all.baselines = {"all"};
    NamedStudy study{.plan = {.name = "efficiency",
                              .question = "What do the methods cost in training and inference, and what do they reach?",
                              .endpoint = Endpoint::OodMean},
                     .sweep = {.base = base}};
    study.sweep.base.baselines.clear();
    study.plan.metric = usualMetricOf(base);
    for (const ExperimentSpec& spec : withBaselines(all)) {
        if (membersOf(spec) > 1) {
            study.leftOut.push_back(nameOf(spec) + ": joins runs of several seeds, and costs what these cost together");
            continue;
        }
        if (spec.method.kind().method.needsGroups && !hasGroups) {
            study.leftOut.push_back(nameOf(spec) + ": needs several groups or domains in training");
            continue;
        }
        Json variant = {{"name", nameOf(spec)}, {"method", {{"kind", spec.method.kind().key}}}};
        if (Json backbone = Json::object(); takeLearningRate(backbone, spec, base), !backbone.empty())
            variant["backbone"] = std::move(backbone);
        if (spec.method.kind().method.isDerived) variant["method"]["parents"] = fieldValue(spec, "method.parents");
        if (spec.method.is("all_layer_probe")) variant["method"]["taps"] = fieldValue(spec, "method.taps");
        study.sweep.variants.push_back(std::move(variant));
    }
    const bool isConvex = base.method.is("linear_probe") && fieldValue(base, "method.fit") == "convex";
    if (!isConvex)
        study.sweep.variants.push_back(
            {{"name", "Linear probe, convex fit"}, {"method", {{"kind", "linear_probe"}, {"fit", "convex"}}}});
    addOtherModes(study, base);
    compareWithFirst(study, [](const std::string&) { return true; });
    return study;
}

std::int64_t seedsNeeded(const StudyPlan& plan) {
    constexpr std::int64_t kFewest = 6; // what the sign-flip test needs for one comparison
    const auto primary = static_cast<std::int64_t>(plan.comparisons(false).size());
    return primary == 0 ? kFewest : std::max<std::int64_t>(kFewest, fewestSeeds(kStudyAlpha, primary));
}

} // namespace levi
