// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace levi {

struct ImageSize {
    std::int64_t height = 0; // pixels
    std::int64_t width = 0;
    bool operator==(const ImageSize&) const = default;
};

struct IntegerRange {
    std::int64_t least = 1;
    std::int64_t most = 0;
};

// Takes fields out of a configuration, noting each one that is missing, of the wrong type or out of range as a sentence
// (file, field, found, expected) instead of throwing, so that all problems are known at once. After a problem the
// getters return the least allowed value, so that what is computed from it stays finite.
class ConfigReader {
public:
    // `place` ("config.json: model_args") starts every sentence. Object and list must outlive this.
    ConfigReader(const nlohmann::json& object, std::string place, std::vector<std::string>& problems);

    bool has(const char* field) const; // present and not null
    std::int64_t integer(const char* field, IntegerRange range, std::optional<std::int64_t> byDefault = {}) const;
    double number(const char* field, double least, double most, std::optional<double> byDefault = {}) const;
    bool boolean(const char* field, bool byDefault) const;
    std::string text(const char* field, std::string_view byDefault) const;
    // A number (square), a list [height, width], or an object {"height", "width"}.
    ImageSize imageSize(const char* field, IntegerRange range, std::optional<ImageSize> byDefault = {}) const;
    // Three numbers, or one that counts for all three.
    std::vector<double> colours(const char* field, double least, double most, std::vector<double> byDefault) const;

    void problem(std::string_view field, std::string_view found, std::string_view expected) const;
    std::vector<std::string>& problems() const { return m_problems; }

private:
    std::optional<std::int64_t> wholeNumber(const nlohmann::json& value, IntegerRange range) const;

    const nlohmann::json& m_object;
    std::string m_place;
    std::vector<std::string>& m_problems;
};

} // namespace levi
