// SPDX-License-Identifier: Apache-2.0
#include "core/spec/field_table.h"

#include "core/base/error.h"
#include "core/base/numbers.h"
#include "core/spec/layer_choice.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace levi {
namespace {

std::string found(const Json& value) {
    std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
    return text.size() > 80 ? text.substr(0, 77) + "…" : text;
}

bool isOfType(const FieldInfo& info, const Json& value) {
    const auto allOf = [&](auto rule) { return value.is_array() && std::ranges::all_of(value, rule); };
    switch (info.type) {
    case FieldType::Boolean:
        return value.is_boolean();
    case FieldType::Integer:
        return value.is_number_integer();
    case FieldType::Number:
        return value.is_number();
    case FieldType::Text:
    case FieldType::Path:
    case FieldType::Choice:
        return value.is_string();
    case FieldType::TextList:
        return allOf([](const Json& item) { return item.is_string(); });
    case FieldType::NumberList:
        return allOf([](const Json& item) { return item.is_number(); });
    case FieldType::Layers:
        return value.is_string() || value.is_array() || value.is_number_integer();
    }
    return false;
}

// Steps and ranges are about the number as written; JSON integers beyond the type's range must not wrap around.
bool isInRange(const FieldInfo& info, const Json& value) {
    if (value.is_number_unsigned() && !(info.minimum && *info.minimum >= 0) &&
        value.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        return false;
    const double number = value.get<double>();
    if (!std::isfinite(number)) return false;
    if (info.minimum && number < *info.minimum) return false;
    if (info.maximum && number > *info.maximum) return false;
    return !info.multipleOf || std::fmod(number, *info.multipleOf) == 0;
}

std::string rangeText(const FieldInfo& info) {
    std::string text;
    if (info.minimum && info.maximum)
        text = fmt::format(" from {} to {}", fullPrecision(*info.minimum), fullPrecision(*info.maximum));
    else if (info.minimum)
        text = fmt::format(" of at least {}", fullPrecision(*info.minimum));
    else if (info.maximum)
        text = fmt::format(" of at most {}", fullPrecision(*info.maximum));
    if (info.multipleOf) text += fmt::format(", a multiple of {}", fullPrecision(*info.multipleOf));
    return text;
}

} // namespace

std::string expectationText(const FieldInfo& info) {
    switch (info.type) {
    case FieldType::Boolean:
        return "true or false";
    case FieldType::Integer:
        return "a whole number" + rangeText(info);
    case FieldType::Number:
        return "a number" + rangeText(info);
    case FieldType::Text:
        return "a text";
    case FieldType::Path:
        return "a path";
    case FieldType::Choice:
        return fmt::format("one of {}", fmt::join(info.choices, ", "));
    case FieldType::TextList:
        return "a list of texts";
    case FieldType::NumberList:
        return "a list of numbers" + rangeText(info);
    case FieldType::Layers:
        return "layers: all, last, late_half, every_second, 4-12, or 0,4,8";
    }
    return {};
}

std::optional<std::string> problemOf(const FieldInfo& info, const Json& value) {
    const auto unexpected = [&] { return fmt::format("found {}, expected {}", found(value), expectationText(info)); };
    if (!isOfType(info, value)) return unexpected();
    if (value.is_number() && info.type != FieldType::Layers && !isInRange(info, value)) return unexpected();
    if (info.type == FieldType::NumberList &&
        !std::ranges::all_of(value, [&](const Json& item) { return isInRange(info, item); }))
        return unexpected();
    if (info.type == FieldType::Choice &&
        std::ranges::find(info.choices, value.get<std::string>()) == info.choices.end())
        return unexpected();
    if (info.type == FieldType::Path && info.required && value.get<std::string>().empty())
        return "is empty; name a path";
    if (info.type == FieldType::Layers) try {
            layerChoiceOf(value);
        } catch (const Error& error) {
            return error.what();
        }
    return std::nullopt;
}

} // namespace levi
