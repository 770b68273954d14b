// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace levi {

// Takes fields out of an object that we did not write. `place` ("tokenizer.json: model") starts every sentence. Throws
// Error: field, what was found, what was expected. The object must outlive this.
class JsonFields {
public:
    JsonFields(const nlohmann::json& object, std::string place);

    const std::string& place() const { return m_place; }
    bool has(const char* name) const;                    // present and not null
    const nlohmann::json& value(const char* name) const; // null where it is absent

    std::string text(const char* name, std::string_view byDefault) const;
    bool flag(const char* name, bool byDefault) const;
    std::int64_t whole(const char* name, std::int64_t most, std::int64_t byDefault) const; // from 0
    JsonFields object(const char* name) const;
    const nlohmann::json& list(const char* name) const;

    [[noreturn]] void refuse(const char* name, std::string_view expected) const;

private:
    const nlohmann::json& m_object;
    std::string m_place;
};

} // namespace levi
