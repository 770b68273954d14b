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

constexpr int kDeepest = 32;

// Looks at the parser's events: refuses what is nested too deeply and, if asked to, keys that stand twice.
class Watcher {
public:
    Watcher(std::string file, bool uniqueKeys) : m_file(std::move(file)), m_uniqueKeys(uniqueKeys) {}

    void see(int depth, nlohmann::json::parse_event_t event, const nlohmann::json& parsed) {
        using Event = nlohmann::json::parse_event_t;
        if (depth > kDeepest) throw Error("{}: is nested deeper than {} levels", m_file, kDeepest);
        if (!m_uniqueKeys) return;
        if (event == Event::object_start) m_keys.emplace_back();
        if (event == Event::object_end) m_keys.pop_back();
        if (event == Event::key && !m_keys.back().insert(parsed.get<std::string>()).second)
            throw Error("{}: has the key {} twice in one object", m_file,
                        parsed.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace));
    }

private:
    std::string m_file;
    bool m_uniqueKeys;
    std::vector<std::unordered_set<std::string>> m_keys; // of the objects that are open
};

} // namespace

nlohmann::json readJsonObject(const std::filesystem::path& file, const JsonLimits& limits) {
    const std::string text = readFile(file, limits.sizeBytes);
    Watcher watcher(file.string(), limits.uniqueKeys);
    const auto watch = [&watcher](int depth, nlohmann::json::parse_event_t event, nlohmann::json& parsed) {
        watcher.see(depth, event, parsed);
        return true;
    };
    try {
        auto object = nlohmann::json::parse(text, watch);
        if (!object.is_object()) throw Error("{}: found {}, expected an object", file.string(), object.type_name());
        return object;
    } catch (const nlohmann::json::exception& error) {
        throw Error("{}: is not valid JSON: {}", file.string(), error.what());
    }
}

} // namespace levi
