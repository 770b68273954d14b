// SPDX-License-Identifier: Apache-2.0
#include "core/spec/spec_json.h"

#include "core/base/error.h"
#include "core/base/files.h"

#include <algorithm>
#include <set>

namespace levi {
namespace {

constexpr std::uint64_t kMostSpecBytes = 4u << 20;
constexpr int kMostDepth = 32;
constexpr std::string_view kResourcePrefix = "resource:";

void note(std::vector<Problem>& problems, std::string path, const std::string& sentence) {
    const std::string prefix = path + ": ";
    problems.push_back({std::move(path), sentence.starts_with(prefix) ? sentence.substr(prefix.size()) : sentence});
}

void readField(SpecRead& read, const std::string& path, const Json& value) {
    try {
        setField(read.spec, path, value);
    } catch (const Error& error) {
        note(read.problems, path, error.what());
    }
}

void readSection(SpecRead& read, const Section& section, const Json& json) {
    if (!json.is_object()) return note(read.problems, section.key, "expected an object of fields");
    if (section.kinds && json.contains("kind")) readField(read, section.key + ".kind", json["kind"]);
    for (const auto& [key, value] : json.items())
        if (!(section.kinds && key == "kind")) readField(read, section.key + "." + key, value);
}

const Section* sectionNamed(const std::string& key) {
    for (const Section& section : sections())
        if (!section.key.empty() && section.key == key) return &section;
    return nullptr;
}

// Required fields without a value are written only on request, never by default.
bool isWritten(const FieldRow& row, bool withDefaults) {
    if (row.info.key == "kind" && row.path != "kind") return true;
    if (row.info.required && row.value == "") return false;
    const bool isUnusual = row.usual && *row.usual != row.value;
    return !row.isDefault || (row.applies && (withDefaults || isUnusual));
}

} // namespace

std::string spokenText(const Json& value, const std::string& between, const std::string& none) {
    if (value.is_string()) return value.get<std::string>();
    if (!value.is_array()) return value.dump();
    std::string list;
    for (const Json& item : value)
        list += (list.empty() ? "" : between) + spokenText(item, between, none);
    return list.empty() ? none : list;
}

Json parseStrictly(std::string_view text) {
    if (text.size() > kMostSpecBytes)
        throw Error("the spec has {} bytes, at most {} are expected", text.size(), kMostSpecBytes);
    std::vector<std::set<std::string>> keys;
    const Json::parser_callback_t strict = [&](int depth, Json::parse_event_t event, Json& parsed) {
        if (depth > kMostDepth) throw Error("the spec is nested more than {} deep", kMostDepth);
        if (event == Json::parse_event_t::object_start) keys.emplace_back();
        if (event == Json::parse_event_t::object_end) keys.pop_back();
        if (event == Json::parse_event_t::key && !keys.back().insert(parsed.get<std::string>()).second)
            throw Error("the key '{}' stands twice in one object", parsed.get<std::string>());
        return true;
    };
    try {
        return Json::parse(text, strict, true, true);
    } catch (const Json::exception& error) {
        throw Error("not valid JSON: {}", error.what());
    }
}

Json storedJson(std::string_view text) {
    try {
        return parseStrictly(text);
    } catch (const Error&) {
        return nullptr;
    }
}

Json toJson(const ExperimentSpec& spec, bool withDefaults) {
    Json json = Json::object();
    for (const Section& section : sections()) {
        Json part = Json::object();
        bool worthWriting = section.applies(spec) && section.kinds;
        for (const FieldRow& row : fieldRows(spec, section)) {
            if (!isWritten(row, withDefaults)) continue;
            worthWriting = worthWriting || row.info.key != "kind" || !row.isDefault;
            part[row.info.key] = row.value;
        }
        if (section.key.empty())
            json.update(part);
        else if (worthWriting && !part.empty())
            json[section.key] = std::move(part);
    }
    return json;
}

void layOver(SpecRead& read, const Json& json) {
    if (!json.is_object()) throw Error("expected a JSON object, found {}", json.type_name());
    const ExperimentSpec before = read.spec;
    static const std::vector<std::string> first = {"method", "data", "backbone", "specialist"}; // others follow them
    for (const std::string& key : first)
        if (json.contains(key)) readSection(read, section(key), json[key]);
    for (const auto& [key, value] : json.items()) {
        if (std::ranges::find(first, key) != first.end()) continue;
        if (const Section* known = sectionNamed(key))
            readSection(read, *known, value);
        else
            readField(read, key, value);
    }
    followUsual(read.spec, before, [&](const std::string& path) {
        const std::size_t dot = path.find('.');
        const std::string key = path.substr(0, dot);
        return json.contains(key) && json[key].contains(path.substr(dot + 1));
    });
}

SpecRead specFromJson(const Json& json) {
    SpecRead read;
    layOver(read, json);
    return read;
}

SpecRead specFromText(std::string_view text) {
    return specFromJson(parseStrictly(text));
}

void makePathsAbsolute(ExperimentSpec& spec, const std::filesystem::path& folder) {
    for (const FieldRow& row : fieldRows(spec)) {
        if (row.info.type != FieldType::Path || !row.value.is_string()) continue;
        const auto text = row.value.get<std::string>();
        if (text.empty() || text.starts_with(kResourcePrefix)) continue;
        setField(spec, row.path, (folder / text).lexically_normal().string());
    }
}

SpecRead readSpec(const std::filesystem::path& file) try {
    SpecRead read = specFromText(readFile(file, kMostSpecBytes));
    makePathsAbsolute(read.spec, std::filesystem::absolute(file).parent_path());
    return read;
} catch (const Error& error) {
    const std::string sentence = error.what();
    if (sentence.starts_with(file.string())) throw;
    throw Error("{}: {}", file.string(), sentence);
}

} // namespace levi
