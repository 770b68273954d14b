// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/error.h"
#include "core/spec/field_table.h"
#include "core/spec/layer_choice.h"

#include <cstdint>
#include <filesystem>
#include <type_traits>
#include <utility>

namespace levi {

// The names of an enumeration's values, in order of the enumerators: specialise for each enum that is a field.
//   template<> inline const std::vector<std::string> kEnumNames<Pool> = {"cls", "mean", "cls+mean"};
template<typename E>
inline const std::vector<std::string> kEnumNames = {};

template<typename E>
const std::string& nameOf(E value) {
    return kEnumNames<E>.at(static_cast<std::size_t>(value));
}

namespace detail {

template<typename T>
constexpr FieldType fieldTypeOf() {
    if constexpr (std::is_same_v<T, bool>)
        return FieldType::Boolean;
    else if constexpr (std::is_enum_v<T>)
        return FieldType::Choice;
    else if constexpr (std::is_integral_v<T>)
        return FieldType::Integer;
    else if constexpr (std::is_floating_point_v<T>)
        return FieldType::Number;
    else if constexpr (std::is_same_v<T, std::string>)
        return FieldType::Text;
    else if constexpr (std::is_same_v<T, std::filesystem::path>)
        return FieldType::Path;
    else if constexpr (std::is_same_v<T, std::vector<std::string>>)
        return FieldType::TextList;
    else if constexpr (std::is_same_v<T, std::vector<double>>)
        return FieldType::NumberList;
    else if constexpr (std::is_same_v<T, LayerChoice>)
        return FieldType::Layers;
}

template<typename T>
Json toFieldJson(const T& value) {
    if constexpr (std::is_enum_v<T>)
        return nameOf(value);
    else if constexpr (std::is_same_v<T, std::filesystem::path>)
        return value.string();
    else if constexpr (std::is_same_v<T, LayerChoice>)
        return value.text;
    else
        return value;
}

// `json` has passed problemOf(), so types and choices are right.
template<typename T>
void fromFieldJson(const Json& json, T& value) {
    if constexpr (std::is_enum_v<T>) {
        const auto& names = kEnumNames<T>;
        const auto text = json.get<std::string>();
        for (std::size_t i = 0; i < names.size(); ++i)
            if (names[i] == text) value = static_cast<T>(i);
    } else if constexpr (std::is_same_v<T, std::filesystem::path>)
        value = json.get<std::string>();
    else if constexpr (std::is_same_v<T, LayerChoice>)
        value = layerChoiceOf(json);
    else
        value = json.get<T>();
}

} // namespace detail

// Builds the field table of an options struct S:
//   Fields<CnnOptions> f;
//   f.add("width", &CnnOptions::width, "Width").range(8, 512).unit("channels").help("Channels of the first stage.");
//   return f.table();
template<typename S>
class Fields {
public:
    class Handle {
    public:
        explicit Handle(Field& field) : m_field(field) {}
        Handle& help(std::string text) { return m_field.info.help = std::move(text), *this; }
        Handle& unit(std::string text) { return m_field.info.unit = std::move(text), *this; }
        Handle& range(double low, double high) { return atLeast(low), m_field.info.maximum = high, *this; }
        Handle& atLeast(double low) { return m_field.info.minimum = low, *this; }
        Handle& multipleOf(double step) { return m_field.info.multipleOf = step, *this; }
        Handle& required() { return m_field.info.required = true, m_field.info.defaultValue = nullptr, *this; }
        Handle& notHashed() { return m_field.info.hashed = false, *this; }
        Handle& advanced() { return m_field.info.advanced = true, *this; }
        // Applies only where `rule(options)` holds.
        Handle& when(std::function<bool(const S&)> rule) {
            return whenSpec([rule](const ExperimentSpec&, const S& options) { return rule(options); });
        }
        Handle& whenSpec(std::function<bool(const ExperimentSpec&, const S&)> rule) {
            m_field.applies = [rule](const ExperimentSpec& spec, const void* o) {
                return rule(spec, *static_cast<const S*>(o));
            };
            return *this;
        }
        Handle& usually(std::function<Json(const ExperimentSpec&)> rule) {
            return m_field.usual = std::move(rule), *this;
        }
        Handle& check(std::function<std::optional<std::string>(const ExperimentSpec&, const S&)> rule) {
            m_field.check = [rule](const ExperimentSpec& spec, const void* o) {
                return rule(spec, *static_cast<const S*>(o));
            };
            return *this;
        }

    private:
        Field& m_field;
    };

    template<typename T, typename Base>
    Handle add(std::string key, T Base::*member, std::string label) {
        static_assert(std::is_base_of_v<Base, S>);
        Field& field = m_table.emplace_back();
        field.info = {.key = std::move(key), .label = std::move(label), .type = detail::fieldTypeOf<T>()};
        if constexpr (std::is_enum_v<T>) field.info.choices = kEnumNames<T>;
        if constexpr (std::is_unsigned_v<T> && !std::is_same_v<T, bool>) field.info.minimum = 0;
        field.info.defaultValue = detail::toFieldJson(S{}.*member);
        field.get = [member](const void* o) { return detail::toFieldJson(static_cast<const S*>(o)->*member); };
        field.set = [member, info = field.info](void* o, const Json& json) {
            detail::fromFieldJson(json, static_cast<S*>(o)->*member);
        };
        return Handle(field);
    }

    FieldTable table() { return std::move(m_table); }

private:
    FieldTable m_table;
};

} // namespace levi
