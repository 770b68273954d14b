// SPDX-License-Identifier: Apache-2.0
#include "core/base/json_file.h"

#include "core/base/error.h"
#include "core/base/files.h"

#include <nlohmann/json.hpp>

#include <string>
#include <unordered_set>
#include <vector>

namespace levi {
namespace {

using nlohmann::json;

constexpr std::size_t kDeepest = 32;

// Sees the parser's events before anything is built of them, a constant effort each: refuses what is nested too deeply,
// too many values and, if asked to, keys that stand twice.
class Watcher final : public nlohmann::json_sax<json> {
public:
    Watcher(std::string file, const JsonLimits& limits) : m_file(std::move(file)), m_limits(limits) {}

    bool null() override { return count(); }
    bool boolean(bool) override { return count(); }
    bool number_integer(number_integer_t) override { return count(); }
    bool number_unsigned(number_unsigned_t) override { return count(); }
    bool number_float(number_float_t, const string_t&) override { return count(); }
    bool string(string_t&) override { return count(); }
    bool binary(binary_t&) override { return count(); }
    bool start_array(std::size_t) override { return open(); }
    bool end_array() override { return close(); }
    bool start_object(std::size_t) override { return open(); }
    bool end_object() override { return close(); }

    bool key(string_t& name) override {
        if (m_limits.uniqueKeys && !m_keys.back().insert(name).second)
            throw Error("{}: has the key {} twice in one object", m_file,
                        json(name).dump(-1, ' ', true, json::error_handler_t::replace));
        return true;
    }

    bool parse_error(std::size_t, const std::string&, const json::exception& error) override {
        throw Error("{}: is not valid JSON: {}", m_file, error.what());
    }

private:
    bool count() {
        if (++m_values > m_limits.values) throw Error("{}: holds more than {} values", m_file, m_limits.values);
        return true;
    }

    bool open() {
        if (m_keys.size() == kDeepest) throw Error("{}: is nested deeper than {} levels", m_file, kDeepest);
        m_keys.emplace_back();
        return count();
    }

    bool close() {
        m_keys.pop_back();
        return true;
    }

    std::string m_file;
    JsonLimits m_limits;
    std::size_t m_values = 0;
    std::vector<std::unordered_set<std::string>> m_keys; // of what is open
};

} // namespace

nlohmann::json readJsonObject(const std::filesystem::path& file, const JsonLimits& limits) {
    const std::string text = readFile(file, limits.sizeBytes);
    Watcher watcher(file.string(), limits);
    json::sax_parse(text, &watcher);
    auto object = json::parse(text); // a callback here would look through what stands before each inner object
    if (!object.is_object()) throw Error("{}: found {}, expected an object", file.string(), object.type_name());
    return object;
}

} // namespace levi
