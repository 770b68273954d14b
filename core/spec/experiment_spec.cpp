// SPDX-License-Identifier: Apache-2.0
#include "core/spec/experiment_spec.h"

#include "core/base/error.h"
#include "core/spec/backbones/backbone_options.h"
#include "core/spec/baseline_pack.h"
#include "core/spec/methods/probe_options.h"
#include "core/spec/readings.h"

#include <algorithm>
#include <charconv>

namespace levi {
namespace {

const FieldTable& topFields() {
    static const FieldTable table = [] {
        using S = ExperimentSpec;
        Fields<S> f;
        f.add("name", &S::name, "Name")
            .notHashed()
            .help("How tables and plots call this setting; empty: the method's name.");
        f.add("notes", &S::notes, "Notes").notHashed().advanced().help("Anything worth remembering.");
        f.add("tags", &S::tags, "Tags").notHashed().advanced().help("Words to filter runs by.");
        f.add("seed", &S::seed, "Seed")
            .notHashed()
            .help("Of initialisation, order, dropout and augmentation; runs that differ only by it are one setting "
                  "(cell).");
        f.add("baselines", &S::baselines, "Baselines")
            .notHashed()
            .help("Methods to run beside this one with the same data, seeds and training: kinds of method, cached for "
                  "all "
                  "that train nothing of the backbone, or all.")
            .check([](const S&, const S& o) { return baselinesProblem(o.baselines); });
        return f.table();
    }();
    return table;
}

const FieldTable& fixedFields(std::string_view key) {
    static const FieldTable train = trainFields();
    static const FieldTable compute = computeFields();
    if (key.empty()) return topFields();
    return key == "train" ? train : compute;
}

bool methodReads(const ExperimentSpec& spec, std::string_view key) {
    const MethodTraits& method = spec.method.kind().method;
    if (key == "backbone" || key == "backbone_view") return method.usesBackbone;
    if (key == "specialist" || key == "specialist_view") return method.usesSpecialist;
    if (key == "data") return !method.isDerived;
    if (key == "compute") return !method.isDerived || method.mixesWeights;
    if (key == "train") return trainsInSteps(spec);
    return true;
}

struct Place {
    const Section* section;
    std::string_view key;
};

Place placeOf(std::string_view path) {
    const std::size_t dot = path.find('.');
    const std::string_view head = dot == std::string_view::npos ? "" : path.substr(0, dot);
    for (const Section& candidate : sections())
        if (candidate.key == head) return {&candidate, dot == std::string_view::npos ? path : path.substr(dot + 1)};
    std::vector<std::string> known;
    for (const Section& candidate : sections())
        if (!candidate.key.empty()) known.push_back(candidate.key);
    throw Error("{}: there is no section '{}'; the sections are {}", path, head, fmt::join(known, ", "));
}

const Field& fieldAt(const ExperimentSpec& spec, const Place& place, std::string_view path) {
    const FieldTable& fields = place.section->fields(spec);
    for (const Field& field : fields)
        if (field.info.key == place.key) return field;
    std::vector<std::string> known;
    for (const Field& field : fields)
        known.push_back(field.info.key);
    const std::string of =
        place.section->options ? fmt::format(" of kind {}", (spec.*place.section->options).kind().key) : "";
    throw Error("{}: unknown field; '{}'{} has {}", path, place.section->key.empty() ? "the spec" : place.section->key,
                of, known.empty() ? "no fields" : fmt::format("{}", fmt::join(known, ", ")));
}

void setKind(ExperimentSpec& spec, const Section& section, const Json& value) {
    if (!value.is_string())
        throw Error("{}.kind: found {}, expected one of {}", section.key, value.dump(), section.kinds->keysText());
    const Kind* kind = section.kinds->find(value.get<std::string>());
    if (!kind)
        throw Error("{}.kind: found {}, expected one of {}", section.key, value.dump(), section.kinds->keysText());
    Options& options = spec.*section.options;
    if (&options.kind() == kind) return;
    options = inKind(options, *kind);
    followReadings(spec, section.key);
}

Json parseScalar(const FieldInfo& info, std::string_view text) {
    if (info.type == FieldType::Boolean) {
        if (text == "true" || text == "false") return text == "true";
        return std::string(text);
    }
    const Json parsed = Json::parse(text, nullptr, false);
    return parsed.is_number() ? parsed : Json(std::string(text));
}

std::vector<std::string> splitList(std::string_view text) {
    std::vector<std::string> parts;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t comma = std::min(text.find(',', begin), text.size());
        parts.emplace_back(text.substr(begin, comma - begin));
        begin = comma + 1;
    }
    return parts;
}

Json parseField(const FieldInfo& info, std::string_view text) {
    switch (info.type) {
    case FieldType::Text:
    case FieldType::Path:
    case FieldType::Choice:
    case FieldType::Layers:
        return std::string(text);
    case FieldType::TextList: {
        Json list = Json::array();
        for (std::string& part : splitList(text))
            list.push_back(std::move(part));
        return list;
    }
    case FieldType::NumberList: {
        Json list = Json::array();
        for (const std::string& part : splitList(text))
            list.push_back(parseScalar(info, part));
        return list;
    }
    default:
        return parseScalar(info, text);
    }
}

FieldInfo kindInfo(const Section& section) {
    FieldInfo info{.key = "kind", .label = "Kind", .help = section.help, .type = FieldType::Choice};
    for (const Kind& kind : section.kinds->all())
        info.choices.push_back(kind.key);
    info.defaultValue = info.choices.front();
    return info;
}

} // namespace

ExperimentSpec::ExperimentSpec()
    : data(dataKinds().all().front()),
      backbone(backboneKinds().all().front()),
      method(methodKinds().all().front()),
      specialist(specialistKinds().all().front()),
      backboneView(backboneViewKinds().all().front()),
      specialistView(specialistViewKinds().all().front()) {}

BackboneMode backboneMode(const ExperimentSpec& spec) {
    const MethodTraits& method = spec.method.kind().method;
    if (method.fixedMode) return *method.fixedMode;
    auto mode = BackboneMode::Frozen;
    if (!method.mayTrainBackbone) return mode;
    for (const Field& field : spec.backbone.kind().fields)
        if (field.info.key == "mode") detail::fromFieldJson(field.get(spec.backbone.address()), mode);
    return mode;
}

bool trainsBackbone(const ExperimentSpec& spec) {
    return backboneMode(spec) != BackboneMode::Frozen;
}

bool trainsInSteps(const ExperimentSpec& spec) {
    const auto* probe = spec.method.as<LinearProbeOptions>();
    return !spec.method.kind().method.isDerived && !(probe && probe->fit == ProbeFit::Convex);
}

Precision precisionOf(const ExperimentSpec& spec) {
    return trainsInSteps(spec) ? spec.train.precision : Precision::Fp32;
}

const FieldTable& Section::fields(const ExperimentSpec& spec) const {
    return options ? (spec.*options).kind().fields : fixedFields(key);
}

const void* Section::address(const ExperimentSpec& spec) const {
    if (options) return (spec.*options).address();
    if (key.empty()) return &spec;
    return key == "train" ? static_cast<const void*>(&spec.train) : &spec.compute;
}

void* Section::address(ExperimentSpec& spec) const {
    return const_cast<void*>(address(static_cast<const ExperimentSpec&>(spec)));
}

bool Section::applies(const ExperimentSpec& spec) const {
    return methodReads(spec, key);
}

const std::vector<Section>& sections() {
    using S = ExperimentSpec;
    static const std::vector<Section> all = {
        {.key = "", .label = "Experiment", .help = "What this experiment is called."},
        {.key = "data",
         .label = "Data",
         .help = "Where the rows come from and which are out of distribution.",
         .kinds = &dataKinds(),
         .options = &S::data},
        {.key = "backbone",
         .label = "Backbone",
         .help = "The pretrained network.",
         .kinds = &backboneKinds(),
         .options = &S::backbone},
        {.key = "method",
         .label = "Method",
         .help = "What is trained on the backbone's hidden states.",
         .kinds = &methodKinds(),
         .options = &S::method},
        {.key = "specialist",
         .label = "Specialist",
         .help = "The small network that is trained from scratch.",
         .kinds = &specialistKinds(),
         .options = &S::specialist},
        {.key = "backbone_view",
         .label = "Backbone's view",
         .help = "What the backbone reads.",
         .kinds = &backboneViewKinds(),
         .options = &S::backboneView},
        {.key = "specialist_view",
         .label = "Specialist's view",
         .help = "What the specialist reads.",
         .kinds = &specialistViewKinds(),
         .options = &S::specialistView},
        {.key = "train", .label = "Training", .help = "How it is trained and how the best epoch is known."},
        {.key = "compute", .label = "Compute", .help = "Where it runs."},
    };
    return all;
}

const Section& section(std::string_view key) {
    for (const Section& candidate : sections())
        if (candidate.key == key) return candidate;
    throw Error("there is no section '{}'", key);
}

std::vector<FieldRow> fieldRows(const ExperimentSpec& spec, const Section& section) {
    const bool sectionApplies = section.applies(spec);
    const std::string prefix = section.key.empty() ? "" : section.key + ".";
    std::vector<FieldRow> rows;
    if (section.kinds) {
        const std::string& key = (spec.*section.options).kind().key;
        FieldInfo info = kindInfo(section);
        const bool isDefault = info.defaultValue == key;
        rows.push_back({.path = prefix + "kind",
                        .info = std::move(info),
                        .value = key,
                        .isDefault = isDefault,
                        .applies = sectionApplies});
    }
    const void* options = section.address(spec);
    for (const Field& field : section.fields(spec)) {
        Json value = field.get(options);
        const bool isDefault = !field.info.required && value == field.info.defaultValue;
        const bool applies = sectionApplies && (!field.applies || field.applies(spec, options));
        rows.push_back({.path = prefix + field.info.key,
                        .info = field.info,
                        .value = std::move(value),
                        .isDefault = isDefault,
                        .applies = applies,
                        .usual = field.usual ? std::optional(field.usual(spec)) : std::nullopt});
    }
    return rows;
}

std::vector<FieldRow> fieldRows(const ExperimentSpec& spec) {
    std::vector<FieldRow> rows;
    for (const Section& section : sections())
        for (FieldRow& row : fieldRows(spec, section))
            rows.push_back(std::move(row));
    return rows;
}

void followUsual(ExperimentSpec& next, const ExperimentSpec& before,
                 const std::function<bool(const std::string& path)>& isGiven) {
    for (const Section& section : sections())
        for (const Field& field : section.fields(next)) {
            const std::string path = section.key + "." + field.info.key;
            if (!field.usual || isGiven(path)) continue;
            const FieldTable& old = section.fields(before);
            const auto known = std::ranges::find(old, field.info.key, [](const Field& one) { return one.info.key; });
            if (known == old.end() || known->get(section.address(before)) != known->usual(before)) continue;
            setField(next, path, field.usual(next));
        }
}

void setField(ExperimentSpec& spec, std::string_view path, const Json& value) {
    const Place place = placeOf(path);
    if (place.section->kinds && place.key == "kind") return setKind(spec, *place.section, value);
    const Field& field = fieldAt(spec, place, path);
    if (const auto problem = problemOf(field.info, value)) throw Error("{}: {}", path, *problem);
    field.set(place.section->address(spec), value);
}

void setFieldText(ExperimentSpec& spec, std::string_view path, std::string_view text) {
    const Place place = placeOf(path);
    if (place.section->kinds && place.key == "kind") return setKind(spec, *place.section, std::string(text));
    setField(spec, path, parseField(fieldAt(spec, place, path).info, text));
}

void setAssignment(ExperimentSpec& spec, std::string_view assignment) {
    const std::size_t equals = assignment.find('=');
    if (equals == std::string_view::npos)
        throw Error("found '{}', expected key=value such as method.taps=8-12", assignment);
    setFieldText(spec, assignment.substr(0, equals), assignment.substr(equals + 1));
}

Json fieldValue(const ExperimentSpec& spec, std::string_view path) {
    const Place place = placeOf(path);
    if (place.section->kinds && place.key == "kind") return (spec.*place.section->options).kind().key;
    return fieldAt(spec, place, path).get(place.section->address(spec));
}

} // namespace levi
