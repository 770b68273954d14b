// SPDX-License-Identifier: Apache-2.0
#include "core/engine/model/config_reader.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace levi {
namespace {

// The value as the file has it, shortened for a message.
std::string foundText(const nlohmann::json& value) {
    if (value.is_object()) return "an object";
    if (value.is_array() && value.size() > 8) return "a long list";
    std::string text = value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return text.size() <= 60 ? text : text.substr(0, 60) + "…";
}

} // namespace

ConfigReader::ConfigReader(const nlohmann::json& object, std::string place, std::vector<std::string>& problems)
    : m_object(object), m_place(std::move(place)), m_problems(problems) {}

bool ConfigReader::has(const char* field) const {
    const auto found = m_object.find(field);
    return found != m_object.end() && !found->is_null();
}

void ConfigReader::problem(std::string_view field, std::string_view found, std::string_view expected) const {
    m_problems.push_back(fmt::format("{}: {}: found {}, expected {}", m_place, field, found, expected));
}

std::optional<std::int64_t> ConfigReader::wholeNumber(const nlohmann::json& value, IntegerRange range) const {
    if (!value.is_number_integer()) return {};
    const bool fits = !value.is_number_unsigned() || std::in_range<std::int64_t>(value.get<std::uint64_t>());
    if (!fits) return {};
    const auto number = value.get<std::int64_t>();
    return number >= range.least && number <= range.most ? std::optional(number) : std::nullopt;
}

std::int64_t ConfigReader::integer(const char* field, IntegerRange range, std::optional<std::int64_t> byDefault) const {
    if (!has(field) && byDefault) return *byDefault;
    const auto number = has(field) ? wholeNumber(m_object.at(field), range) : std::nullopt;
    if (!number)
        problem(field, has(field) ? foundText(m_object.at(field)) : "nothing",
                fmt::format("a whole number from {} to {}", range.least, range.most));
    return number.value_or(range.least);
}

double ConfigReader::number(const char* field, double least, double most, std::optional<double> byDefault) const {
    if (!has(field) && byDefault) return *byDefault;
    const bool isNumber = has(field) && m_object.at(field).is_number();
    const double value = isNumber ? m_object.at(field).get<double>() : least - 1;
    if (value >= least && value <= most) return value;
    problem(field, has(field) ? foundText(m_object.at(field)) : "nothing",
            fmt::format("a number from {} to {}", least, most));
    return least;
}

bool ConfigReader::boolean(const char* field, bool byDefault) const {
    if (!has(field)) return byDefault;
    if (m_object.at(field).is_boolean()) return m_object.at(field).get<bool>();
    problem(field, foundText(m_object.at(field)), "true or false");
    return byDefault;
}

std::string ConfigReader::text(const char* field, std::string_view byDefault) const {
    if (!has(field)) return std::string(byDefault);
    if (m_object.at(field).is_string()) return m_object.at(field).get<std::string>();
    problem(field, foundText(m_object.at(field)), "a text");
    return std::string(byDefault);
}

ImageSize ConfigReader::imageSize(const char* field, IntegerRange range, std::optional<ImageSize> byDefault) const {
    if (!has(field) && byDefault) return *byDefault;
    const nlohmann::json value = has(field) ? m_object.at(field) : nlohmann::json();
    std::optional<std::int64_t> height, width;
    if (value.is_array() && value.size() == 2) {
        height = wholeNumber(value[0], range);
        width = wholeNumber(value[1], range);
    } else if (value.is_object() && value.contains("height") && value.contains("width")) {
        height = wholeNumber(value["height"], range);
        width = wholeNumber(value["width"], range);
    } else {
        height = width = wholeNumber(value, range);
    }
    if (height && width) return {*height, *width};
    problem(field, has(field) ? foundText(value) : "nothing",
            fmt::format("a size in pixels from {} to {}, or height and width", range.least, range.most));
    return {range.least, range.least};
}

std::vector<double> ConfigReader::colours(const char* field, double least, double most,
                                          std::vector<double> byDefault) const {
    if (!has(field)) return byDefault;
    const auto& value = m_object.at(field);
    std::vector<double> numbers;
    const auto take = [&](const nlohmann::json& item) {
        if (item.is_number() && item.get<double>() >= least && item.get<double>() <= most) numbers.push_back(item);
    };
    if (value.is_array())
        std::ranges::for_each(value, take);
    else
        take(value);
    if (value.is_number() && numbers.size() == 1) numbers.resize(3, numbers[0]);
    if (numbers.size() == 3 && (!value.is_array() || value.size() == 3)) return numbers;
    problem(field, foundText(value), fmt::format("three numbers from {} to {}", least, most));
    return byDefault;
}

} // namespace levi
