// SPDX-License-Identifier: Apache-2.0
#include "core/store/json_lines.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <string_view>
#include <system_error>
#include <vector>

namespace levi {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// The length of a number that Python writes and JSON does not know, at the beginning of the text; 0: none.
std::size_t pythonNumber(std::string_view text) {
    constexpr std::array<std::string_view, 3> words = {"NaN", "-Infinity", "Infinity"};
    for (const std::string_view word : words)
        if (text.starts_with(word)) return word.size();
    return 0;
}

std::string withoutPythonNumbers(const std::string& line) {
    std::string text;
    bool inString = false;
    for (std::size_t i = 0; i < line.size();) {
        if (inString && line[i] == '\\') {
            text.append(line, i, 2);
            i += 2;
            continue;
        }
        if (line[i] == '"') inString = !inString;
        const std::size_t length = inString ? 0 : pythonNumber(std::string_view(line).substr(i));
        text += length > 0 ? "null" : std::string(1, line[i]);
        i += std::max<std::size_t>(length, 1);
    }
    return text;
}

constexpr int kMostDepth = 64;

// Nothing where it is no JSON. Throws Error where it is nested too deeply: writing it again would recurse as deeply.
std::optional<Json> parsed(const std::string& text) {
    Json json = Json::parse(
        text,
        [](int depth, Json::parse_event_t, Json&) {
            if (depth > kMostDepth) throw Error("is nested more than {} deep", kMostDepth);
            return true;
        },
        false);
    return json.is_discarded() ? std::nullopt : std::optional(std::move(json));
}

std::string lastPart(const std::string& path) {
    return path.substr(path.rfind('.') + 1);
}

} // namespace

Json JsonLine::object(const std::string& text) const {
    std::optional<Json> json;
    try {
        json = parsed(text);
        if (!json) json = parsed(withoutPythonNumbers(text));
    } catch (const Error& error) {
        fail("{}", error.what());
    }
    if (!json) fail("is no JSON; is the line cut off?");
    if (!json->is_object()) fail("is no JSON object");
    return std::move(*json);
}

const Json& JsonLine::member(const Json& object, const std::string& path) const {
    const auto found = object.find(lastPart(path));
    if (found == object.end()) fail("'{}' is missing", path);
    return *found;
}

std::string JsonLine::text(const Json& object, const std::string& path) const {
    const Json& value = member(object, path);
    if (!value.is_string()) fail("'{}' is no text", path);
    return value.get<std::string>();
}

std::int64_t JsonLine::whole(const Json& object, const std::string& path) const {
    const Json& value = member(object, path);
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (!value.is_number_integer() || (value.is_number_unsigned() && value.get<std::uint64_t>() > most))
        fail("'{}' is no whole number of 64 bits", path);
    return value.get<std::int64_t>();
}

std::uint64_t JsonLine::count(const Json& object, const std::string& path) const {
    const Json& value = member(object, path);
    if (!value.is_number_unsigned()) fail("'{}' is no whole number of zero or more", path);
    return value.get<std::uint64_t>();
}

double JsonLine::number(const Json& object, const std::string& path) const {
    const Json& value = member(object, path);
    if (!value.is_number() || !std::isfinite(value.get<double>())) fail("'{}' is no finite number", path);
    return value.get<double>();
}

std::optional<double> JsonLine::numberOrNull(const Json& object, const std::string& path) const {
    const auto found = object.find(lastPart(path));
    if (found == object.end() || found->is_null()) return std::nullopt;
    return number(object, path);
}

const Json& JsonLine::list(const Json& object, const std::string& path) const {
    const Json& value = member(object, path);
    if (!value.is_array()) fail("'{}' is no list", path);
    return value;
}

const Json& JsonLine::part(const Json& object, const std::string& path) const {
    const Json& value = member(object, path);
    if (!value.is_object()) fail("'{}' is no object", path);
    return value;
}

void refuseLink(const fs::path& path) {
    std::error_code code;
    if (fs::is_symlink(fs::symlink_status(path, code)))
        throw Error("{}: is a symbolic link, expected a file or folder of its own", path.string());
}

void readLines(const fs::path& file, std::size_t longestLine,
               const std::function<void(const std::string& text, int line)>& read) {
    refuseLink(file);
    std::error_code code;
    if (fs::exists(file, code) && !fs::is_regular_file(file, code)) throw Error("{}: is no file", file.string());
    std::ifstream stream(file, std::ios::binary);
    if (!stream) throw Error("{}: cannot be read: {}", file.string(), std::strerror(errno));
    std::vector<char> buffer(longestLine + 1);
    for (int line = 1; !stream.eof(); ++line) {
        stream.getline(buffer.data(), static_cast<std::streamsize>(buffer.size()));
        const std::streamsize count = stream.gcount(); // with the line break, where there is one
        if (stream.eof() && count == 0) return;
        if (stream.bad()) throw Error("{}:{}: cannot be read: {}", file.string(), line, std::strerror(errno));
        if (stream.fail()) throw Error("{}:{}: is longer than {} bytes", file.string(), line, longestLine);
        read(std::string(buffer.data(), static_cast<std::size_t>(stream.eof() ? count : count - 1)), line);
    }
}

} // namespace levi
