// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/error.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace levi {

// A line of a file that came from outside. What does not fit is an Error that begins with "file:line: ".
class JsonLine {
public:
    JsonLine(const std::filesystem::path& file, int line) : m_file(file), m_line(line) {}

    // One JSON object; numbers as Python writes them (NaN, Infinity) read as null.
    nlohmann::json object(const std::string& text) const;

    // A member of an object; `path` is how the message calls it ("args.dataset").
    const nlohmann::json& member(const nlohmann::json& object, const std::string& path) const;
    std::string text(const nlohmann::json& object, const std::string& path) const;
    std::int64_t whole(const nlohmann::json& object, const std::string& path) const;
    std::uint64_t count(const nlohmann::json& object, const std::string& path) const;
    double number(const nlohmann::json& object, const std::string& path) const;                      // finite
    std::optional<double> numberOrNull(const nlohmann::json& object, const std::string& path) const; // null or absent
    const nlohmann::json& list(const nlohmann::json& object, const std::string& path) const;
    const nlohmann::json& part(const nlohmann::json& object, const std::string& path) const; // an object

    template<typename... Args>
    [[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) const {
        throw Error("{}: {}", place(), fmt::format(format, std::forward<Args>(args)...));
    }

    std::string place() const { return fmt::format("{}:{}", m_file.string(), m_line); }

private:
    std::filesystem::path m_file;
    int m_line;
};

// Every line of a file, without its break. Throws Error for a file that cannot be read, is a symbolic link or no
// regular file, or has a line of more bytes than allowed.
void readLines(const std::filesystem::path& file, std::size_t longestLine,
               const std::function<void(const std::string& text, int line)>& read);

// Throws Error: "…: is a symbolic link".
void refuseLink(const std::filesystem::path& path);

} // namespace levi
