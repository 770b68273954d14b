// SPDX-License-Identifier: Apache-2.0
#include "core/spec/sweep.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/numbers.h"
#include "core/base/random.h"
#include "core/spec/spec_hash.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>

namespace levi {
namespace {

constexpr std::uint64_t kMostSweepBytes = 4u << 20;
constexpr std::size_t kMostSpecs = 100'000;

// Reads the parts of a sweep file, collecting problems.
class SweepReader {
public:
    SweepReader(const Json& json, const std::filesystem::path& folder) : m_json(json), m_folder(folder) {
        m_read.sweep.folder = folder;
    }

    SweepRead read() {
        for (const auto& [key, value] : m_json.items()) {
            if (key == "base" || key == "notes") continue;
            if (key == "seeds")
                readSeeds(value);
            else if (key == "variants")
                readVariants(value);
            else if (key == "grid")
                readAxes(key, value, m_read.sweep.grid);
            else if (key == "paired")
                readAxes(key, value, m_read.sweep.paired);
            else if (key == "random")
                readRandom(value);
            else if (key == "halving")
                readHalving(value);
            else if (key == "tuned_by")
                readTunedBy(value);
            else
                note(key, "is no part of a sweep; the parts are base, notes, seeds, variants, grid, paired, random, "
                          "halving and tuned_by");
        }
        readBase();
        checkPairs();
        if (m_read.sweep.seeds.empty()) m_read.sweep.seeds = {m_read.sweep.base.seed};
        return std::move(m_read);
    }

private:
    void note(std::string path, std::string message) {
        m_read.problems.push_back({std::move(path), std::move(message)});
    }

    void readBase() {
        if (!m_json.contains("base"))
            return note("base", "is required: the spec that all settings start from, or the name of its file");
        const Json& base = m_json["base"];
        SpecRead spec;
        try {
            if (base.is_string())
                spec = readSpec(m_folder / base.get<std::string>());
            else
                layOver(spec, base);
        } catch (const Error& error) {
            return note("base", error.what());
        }
        makePathsAbsolute(spec.spec, m_folder);
        for (const Problem& problem : spec.problems)
            note("base." + problem.path, problem.message);
        if (!spec.spec.baselines.empty())
            note("base.baselines", "a sweep lists its settings itself: name the baselines among the variants");
        m_read.sweep.base = std::move(spec.spec);
    }

    void readSeeds(const Json& value) {
        try {
            if (value.is_number_unsigned())
                m_read.sweep.seeds = {value.get<std::uint64_t>()};
            else if (value.is_string())
                m_read.sweep.seeds = parseSeeds(value.get<std::string>());
            else
                note("seeds", "expected a text such as \"0..5\"");
        } catch (const Error& error) {
            note("seeds", error.what());
        }
    }

    void readVariants(const Json& value) {
        if (!value.is_array()) return note("variants", "expected an array of objects");
        for (std::size_t i = 0; i < value.size(); ++i) {
            if (value[i].is_object())
                m_read.sweep.variants.push_back(value[i]);
            else
                note(fmt::format("variants[{}]", i), "expected an object with the fields that differ from the base");
        }
    }

    void readAxes(const std::string& part, const Json& value, std::vector<Sweep::Axis>& axes) {
        if (!value.is_object()) return note(part, "expected an object: the path of a field with an array of values");
        for (const auto& [path, values] : value.items()) {
            if (values.is_array() && !values.empty())
                axes.push_back({path, {values.begin(), values.end()}});
            else
                note(part + "." + path, "expected an array with at least one value");
        }
    }

    void readHalving(const Json& value) {
        Halving halving;
        const Json epochs = value.is_object() && value.contains("epochs") ? value["epochs"] : Json();
        for (const Json& one : epochs.is_array() ? epochs : Json::array())
            halving.epochs.push_back(one.is_number_integer() ? one.get<std::int64_t>() : 0);
        const bool ascends = std::ranges::adjacent_find(halving.epochs, std::greater_equal()) == halving.epochs.end();
        if (halving.epochs.size() < 2 || halving.epochs.front() < 1 || !ascends)
            note("halving.epochs", "expected at least two numbers of epochs, each larger than the one before");
        if (value.is_object() && value.contains("keep"))
            halving.keep = value["keep"].is_number() ? value["keep"].get<double>() : 0;
        if (!(halving.keep > 0) || halving.keep >= 1) note("halving.keep", "expected a share between 0 and 1");
        m_read.sweep.halving = std::move(halving);
    }

    void readTunedBy(const Json& value) {
        for (const Json& file : value.is_array() ? value : Json::array({value}))
            if (file.is_string())
                m_read.sweep.tunedBy.push_back(m_folder / file.get<std::string>());
            else
                note("tuned_by", "expected the name of a sweep file, or an array of names");
    }

    void checkPairs() {
        const auto& paired = m_read.sweep.paired;
        for (const Sweep::Axis& axis : paired)
            if (axis.values.size() != paired.front().values.size())
                note("paired." + axis.path,
                     fmt::format("has {} values and '{}' has {}; they are taken in pairs", axis.values.size(),
                                 paired.front().path, paired.front().values.size()));
    }

    void readRandom(const Json& value) {
        if (!value.is_object()) return note("random", "expected an object with draws, seed and fields");
        const auto number = [&](const char* key, std::uint64_t otherwise) -> std::uint64_t {
            if (!value.contains(key)) return otherwise;
            if (value[key].is_number_unsigned()) return value[key].get<std::uint64_t>();
            note(std::string("random.") + key, "expected a whole number, 0 or more");
            return otherwise;
        };
        m_read.sweep.draws = static_cast<std::int64_t>(std::min<std::uint64_t>(number("draws", 0), kMostSpecs));
        m_read.sweep.drawSeed = number("seed", 0);
        if (m_read.sweep.draws < 1) note("random.draws", "expected at least 1");
        if (!value.contains("fields") || !value["fields"].is_object())
            return note("random.fields", "expected an object: the path of a field with how it is drawn");
        for (const auto& [path, how] : value["fields"].items())
            if (const auto draw = drawOf("random.fields." + path, how)) m_read.sweep.random.push_back({path, *draw});
    }

    std::optional<Draw> drawOf(const std::string& path, const Json& how) {
        static const std::pair<const char*, Draw::Kind> kKinds[] = {{"uniform", Draw::Kind::Uniform},
                                                                    {"log_uniform", Draw::Kind::LogUniform},
                                                                    {"integer", Draw::Kind::Integer},
                                                                    {"choice", Draw::Kind::Choice}};
        for (const auto& [name, kind] : kKinds) {
            if (!how.is_object() || how.size() != 1 || !how.contains(name)) continue;
            return kind == Draw::Kind::Choice ? choiceOf(path, how[name]) : rangeOf(path, kind, how[name]);
        }
        note(path, "expected one of {\"uniform\": [low, high]}, log_uniform, integer, or {\"choice\": [...]}");
        return std::nullopt;
    }

    std::optional<Draw> choiceOf(const std::string& path, const Json& values) {
        if (values.is_array() && !values.empty())
            return Draw{.kind = Draw::Kind::Choice, .choices = {values.begin(), values.end()}};
        note(path, "expected an array with at least one value");
        return std::nullopt;
    }

    std::optional<Draw> rangeOf(const std::string& path, Draw::Kind kind, const Json& range) {
        const bool isRange = range.is_array() && range.size() == 2 && range[0].is_number() && range[1].is_number();
        Draw draw{.kind = kind};
        if (isRange) draw.low = range[0].get<double>(), draw.high = range[1].get<double>();
        constexpr double kMostExact = 9e15; // whole numbers beyond it are not exact
        const bool isUsable = isRange && std::isfinite(draw.low) && std::isfinite(draw.high) && draw.low <= draw.high &&
                              (kind != Draw::Kind::LogUniform || draw.low > 0) && draw.high - draw.low < kMostExact;
        if (isUsable) return draw;
        note(path, kind == Draw::Kind::LogUniform ? "expected [low, high] with 0 < low <= high"
                                                  : "expected [low, high] with low <= high");
        return std::nullopt;
    }

    const Json& m_json;
    std::filesystem::path m_folder;
    SweepRead m_read;
};

Json drawn(const Draw& draw, Random& random) {
    switch (draw.kind) {
    case Draw::Kind::Uniform:
        return random.uniform(draw.low, draw.high);
    case Draw::Kind::LogUniform:
        return std::exp(random.uniform(std::log(draw.low), std::log(draw.high)));
    case Draw::Kind::Integer: {
        const double low = std::ceil(draw.low);
        const double count = std::max(0.0, std::floor(draw.high) - low) + 1;
        return static_cast<std::int64_t>(low) +
               static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(count)));
    }
    case Draw::Kind::Choice:
        return draw.choices[random.below(draw.choices.size())];
    }
    return nullptr;
}

using Assignment = std::pair<std::string, Json>;
using Assignments = std::vector<Assignment>;

std::vector<Assignments> gridPoints(const std::vector<Sweep::Axis>& axes) {
    std::vector<Assignments> points = {{}};
    for (const Sweep::Axis& axis : axes) {
        std::vector<Assignments> longer;
        if (points.size() * axis.values.size() > kMostSpecs)
            throw Error("grid.{}: makes more than {} settings", axis.path, kMostSpecs);
        for (const Assignments& point : points)
            for (const Json& value : axis.values) {
                longer.push_back(point);
                longer.back().emplace_back(axis.path, value);
            }
        points = std::move(longer);
    }
    return points;
}

std::vector<Assignments> pairedPoints(const std::vector<Sweep::Axis>& axes) {
    if (axes.empty()) return {{}};
    std::vector<Assignments> points(axes.front().values.size());
    for (const Sweep::Axis& axis : axes)
        for (std::size_t i = 0; i < points.size() && i < axis.values.size(); ++i)
            points[i].emplace_back(axis.path, axis.values[i]);
    return points;
}

// Draw i of a field depends on the sweep's seed, the field and i alone: more draws or another field leave it as it is.
std::vector<Assignments> randomPoints(const Sweep& sweep) {
    if (sweep.random.empty() || sweep.draws < 1) return {{}};
    std::vector<Assignments> points(static_cast<std::size_t>(sweep.draws));
    for (std::size_t i = 0; i < points.size(); ++i)
        for (const auto& [path, draw] : sweep.random) {
            Random random(streamSeed(sweep.drawSeed, "sweep " + path, i));
            points[i].emplace_back(path, drawn(draw, random));
        }
    return points;
}

std::string shortText(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    return value.is_number_float() ? fmt::format("{:.3g}", value.get<double>()) : value.dump();
}

// Fields that vary are called by their last name, or by their path where two share it.
std::map<std::string, std::string> axisLabels(const Sweep& sweep) {
    std::map<std::string, std::string> labels;
    for (const auto* axes : {&sweep.grid, &sweep.paired})
        for (const Sweep::Axis& axis : *axes)
            labels[axis.path];
    for (const auto& [path, draw] : sweep.random)
        labels[path];
    const auto last = [](const std::string& path) { return path.substr(path.find('.') + 1); };
    std::map<std::string, int> uses;
    for (const auto& [path, label] : labels)
        ++uses[last(path)];
    for (auto& [path, label] : labels)
        label = uses[last(path)] > 1 ? path : last(path);
    return labels;
}

// Makes the settings one by one.
class Lister {
public:
    explicit Lister(const Sweep& sweep) : m_sweep(sweep), m_labels(axisLabels(sweep)) {}

    SweepList list() {
        std::vector<Assignments> axes;
        for (const Assignments& grid : gridPoints(m_sweep.grid))
            for (const Assignments& paired : pairedPoints(m_sweep.paired))
                for (const Assignments& random : randomPoints(m_sweep)) {
                    axes.push_back(grid);
                    axes.back().insert(axes.back().end(), paired.begin(), paired.end());
                    axes.back().insert(axes.back().end(), random.begin(), random.end());
                }
        const std::vector<Json> alone = {Json::object()};
        for (const Json& variant : m_sweep.variants.empty() ? alone : m_sweep.variants)
            for (const Assignments& point : axes)
                addSetting(variant, point);
        for (const std::string& path : m_unused)
            m_list.problems.push_back({path, "no setting of the sweep has this field"});
        return withSeeds();
    }

private:
    void addSetting(const Json& variant, const Assignments& point) {
        SpecRead read{.spec = m_sweep.base, .problems = {}};
        layOver(read, variant);
        makePathsAbsolute(read.spec, m_sweep.folder);
        std::string suffix;
        const ExperimentSpec before = read.spec;
        for (const auto& [path, value] : point)
            assign(read, path, value, suffix);
        followUsual(read.spec, before, [&](const std::string& path) {
            return std::ranges::find(point, path, &Assignment::first) != point.end();
        });
        if (!suffix.empty())
            read.spec.name = (read.spec.name.empty() ? read.spec.method.kind().label : read.spec.name) + suffix;
        const bool isNew = m_texts.insert(canonicalText(read.spec, {})).second;
        if (isNew) std::ranges::copy(validate(read.spec), std::back_inserter(read.problems));
        for (const Problem& problem : read.problems)
            m_list.problems.push_back(
                {problem.path, fmt::format("{} (setting '{}')", problem.message, read.spec.name)});
        if (!isNew) {
            ++m_list.repeated;
            return;
        }
        m_settings.push_back(std::move(read.spec));
        if (m_settings.size() * m_sweep.seeds.size() > kMostSpecs)
            throw Error("the sweep makes more than {} runs", kMostSpecs);
    }

    // A field that this setting's kinds lack is left alone; one that no setting has is a problem.
    void assign(SpecRead& read, const std::string& path, const Json& value, std::string& suffix) {
        if (m_seen.insert(path).second) m_unused.insert(path);
        const auto rows = fieldRows(read.spec);
        const auto row = std::ranges::find(rows, path, &FieldRow::path);
        if (row == rows.end()) return;
        m_unused.erase(path);
        try {
            setField(read.spec, path, value);
        } catch (const Error& error) {
            read.problems.push_back({path, error.what()});
        }
        if (row->applies) suffix += fmt::format(", {}={}", m_labels.at(path), shortText(value));
    }

    SweepList withSeeds() {
        std::ranges::stable_partition(m_settings,
                                      [](const ExperimentSpec& spec) { return !spec.method.kind().method.isDerived; });
        m_list.settings = m_settings.size();
        for (const ExperimentSpec& setting : m_settings)
            for (const std::uint64_t seed : m_sweep.seeds) {
                m_list.specs.push_back(setting);
                m_list.specs.back().seed = seed;
            }
        return std::move(m_list);
    }

    const Sweep& m_sweep;
    const std::map<std::string, std::string> m_labels; // of a field that varies, by its path
    SweepList m_list;
    std::vector<ExperimentSpec> m_settings;
    std::set<std::string> m_texts, m_seen, m_unused;
};

} // namespace

SweepRead sweepFromJson(const Json& json, const std::filesystem::path& folder) {
    if (!json.is_object()) throw Error("expected a JSON object, found {}", json.type_name());
    return SweepReader(json, folder).read();
}

bool isSweep(const std::filesystem::path& file) try {
    const Json json = parseStrictly(readFile(file, kMostSweepBytes));
    return json.is_object() && json.contains("base");
} catch (const Error&) {
    return false;
}

SweepRead readSweep(const std::filesystem::path& file) try {
    return sweepFromJson(parseStrictly(readFile(file, kMostSweepBytes)), std::filesystem::absolute(file).parent_path());
} catch (const Error& error) {
    const std::string sentence = error.what();
    if (sentence.starts_with(file.string())) throw;
    throw Error("{}: {}", file.string(), sentence);
}

SweepList listOf(const Sweep& sweep) {
    return Lister(sweep).list();
}

} // namespace levi
