// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace levi {

struct ExperimentSpec;
using Json = nlohmann::ordered_json;

// How a field is written in JSON and drawn in a form.
enum class FieldType { Boolean, Integer, Number, Text, Path, Choice, TextList, NumberList, Layers };

// What everyone may know about a field: JSON, --set, validation, form, hash, docs/spec.md and the diff of two runs read
// this.
struct FieldInfo {
    std::string key;   // JSON key, snake_case
    std::string label; // what the form shows
    std::string help;  // one sentence
    std::string unit;  // "" where the value is a bare number
    FieldType type = FieldType::Text;
    std::optional<double> minimum, maximum; // both inclusive
    std::optional<double> multipleOf;
    std::vector<std::string> choices; // of FieldType::Choice
    Json defaultValue;                // null where the field is required
    bool required = false;            // no default: must be given
    bool hashed = true;               // false: not part of a cell's key (name, seed, device, loader settings …)
    bool advanced = false;            // the form shows it under "more"
};

// A field: declared once, beside its options struct, by Fields<Options> (fields.h). `options` points to that struct.
struct Field {
    FieldInfo info;
    std::function<Json(const void* options)> get;
    std::function<void(void* options, const Json& value)> set; // throws Error: found, expected
    // Whether the value means anything, given the rest of the spec. A field that does not apply is not hashed. Empty:
    // always.
    std::function<bool(const ExperimentSpec& spec, const void* options)> applies;
    // What the value is where nobody says, given the rest of the spec: see followUsual(). Empty: the default.
    std::function<Json(const ExperimentSpec& spec)> usual;
    // A rule beyond type, range and choice: what is wrong with the value, if anything. Empty: none.
    std::function<std::optional<std::string>(const ExperimentSpec& spec, const void* options)> check;
};

using FieldTable = std::vector<Field>;

// Nothing, or what is wrong with `value` by the info alone: type, range, step, choice.
std::optional<std::string> problemOf(const FieldInfo& info, const Json& value);

// "a number from 0 to 1", "one of cls, mean": for messages, tool tips and docs.
std::string expectationText(const FieldInfo& info);

} // namespace levi
