// SPDX-License-Identifier: Apache-2.0
#include "core/engine/text/json_fields.h"

#include "core/base/error.h"

#include <utility>

namespace levi {
namespace {

std::string foundText(const nlohmann::json& value) {
    if (value.is_null()) return "nothing";
    const std::string text = value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
    return text.size() <= 60 ? text : text.substr(0, 60) + "…";
}

} // namespace

JsonFields::JsonFields(const nlohmann::json& object, std::string place) : m_object(object), m_place(std::move(place)) {
    if (!object.is_object()) throw Error("{}: found {}, expected an object", m_place, foundText(object));
}

const nlohmann::json& JsonFields::value(const char* name) const {
    static const nlohmann::json none;
    const auto found = m_object.find(name);
    return found == m_object.end() ? none : *found;
}

bool JsonFields::has(const char* name) const {
    return !value(name).is_null();
}

void JsonFields::refuse(const char* name, std::string_view expected) const {
    throw Error("{}: {}: found {}, expected {}", m_place, name, foundText(value(name)), expected);
}

std::string JsonFields::text(const char* name, std::string_view byDefault) const {
    if (!has(name)) return std::string(byDefault);
    if (!value(name).is_string()) refuse(name, "a text");
    return value(name).get<std::string>();
}

bool JsonFields::flag(const char* name, bool byDefault) const {
    if (!has(name)) return byDefault;
    if (!value(name).is_boolean()) refuse(name, "true or false");
    return value(name).get<bool>();
}

std::int64_t JsonFields::whole(const char* name, std::int64_t most, std::int64_t byDefault) const {
    if (!has(name)) return byDefault;
    const auto& number = value(name);
    const bool fits = number.is_number_unsigned() && std::cmp_less_equal(number.get<std::uint64_t>(), most);
    if (!fits) refuse(name, fmt::format("a whole number from 0 to {}", most));
    return number.get<std::int64_t>();
}

JsonFields JsonFields::object(const char* name) const {
    return {value(name), m_place + ": " + name};
}

const nlohmann::json& JsonFields::list(const char* name) const {
    if (!value(name).is_array()) refuse(name, "a list");
    return value(name);
}

} // namespace levi
