// SPDX-License-Identifier: Apache-2.0
#include "core/engine/text/tokenizer_folder.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/hash.h"
#include "core/base/json_file.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <unordered_set>
#include <utility>

namespace levi {
namespace {

constexpr const char* kConfig = "tokenizer_config.json";
constexpr const char* kSpecials = "special_tokens_map.json";
constexpr const char* kAdded = "added_tokens.json";
constexpr std::size_t kMostAdded = 50'000; // a text is searched for each of them

AddedToken addedToken(const JsonFields& fields, std::int64_t id) {
    if (!fields.has("content")) fields.refuse("content", "the token's text");
    return {.content = fields.text("content", ""),
            .id = static_cast<std::int32_t>(id),
            .wholeWord = fields.flag("single_word", false),
            .leftStrip = fields.flag("lstrip", false),
            .rightStrip = fields.flag("rstrip", false),
            .normalized = fields.flag("normalized", false)};
}

std::int64_t idOf(const std::string& key, const std::string& place) {
    std::int64_t id = -1;
    const auto [end, code] = std::from_chars(key.data(), key.data() + key.size(), id);
    if (code != std::errc() || end != key.data() + key.size() || id < 0 || id > kLargestId)
        throw Error("{}: found the key '{}', expected an id from 0 to {}", place, key.substr(0, 40), kLargestId);
    return id;
}

void requireFew(std::size_t count, const std::string& place) {
    if (count > kMostAdded) throw Error("{}: holds {} added tokens, expected at most {}", place, count, kMostAdded);
}

// {"<x>": 7}
std::vector<AddedToken> oldAddedTokens(const nlohmann::json& object, const std::string& file) {
    std::vector<AddedToken> tokens;
    requireFew(object.size(), file);
    for (const auto& [content, id] : object.items()) {
        if (!id.is_number_unsigned() || id.get<std::uint64_t>() > static_cast<std::uint64_t>(kLargestId))
            throw Error("{}: {}: found {}, expected a whole number from 0 to {}", file, content.substr(0, 40),
                        id.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace).substr(0, 60), kLargestId);
        tokens.push_back({.content = content, .id = id.get<std::int32_t>(), .normalized = true});
    }
    return tokens;
}

// A token's text where it is a text or an object with one.
std::optional<std::string> tokenText(const JsonFields& fields, const char* role) {
    if (!fields.has(role)) return std::nullopt;
    if (fields.value(role).is_object()) return fields.object(role).text("content", "");
    return fields.text(role, "");
}

} // namespace

TokenizerFolder::TokenizerFolder(std::filesystem::path path) : m_path(std::move(path)) {
    if (!std::filesystem::is_directory(m_path)) throw Error("{}: expected a folder with a tokenizer", m_path.string());
    if (has(kConfig)) m_config = readJsonObject(m_path / kConfig);
    if (has(kSpecials)) m_specials = readJsonObject(m_path / kSpecials);
}

std::string TokenizerFolder::tokenOf(const char* role, std::string_view byDefault) const {
    if (const auto text = tokenText(config(), role)) return *text;
    return tokenText({m_specials, (m_path / kSpecials).string()}, role).value_or(std::string(byDefault));
}

std::vector<AddedToken> TokenizerFolder::addedTokens() const {
    std::vector<AddedToken> tokens;
    if (config().has("added_tokens_decoder")) {
        const JsonFields decoder = config().object("added_tokens_decoder");
        requireFew(config().value("added_tokens_decoder").size(), decoder.place());
        for (const auto& [key, value] : config().value("added_tokens_decoder").items())
            tokens.push_back(addedToken({value, decoder.place() + ": " + key}, idOf(key, decoder.place())));
    }
    if (!has(kAdded)) return tokens;
    std::unordered_set<std::string> known;
    for (const AddedToken& token : tokens)
        known.insert(token.content);
    const auto object = readJsonObject(m_path / kAdded, {.uniqueKeys = true});
    for (AddedToken& token : oldAddedTokens(object, (m_path / kAdded).string()))
        if (!known.contains(token.content)) tokens.push_back(std::move(token));
    return tokens;
}

TokenizerInfo TokenizerFolder::info(std::string kind, const std::vector<const char*>& files) const {
    Fingerprinter all;
    auto names = files;
    names.insert(names.end(), {kConfig, kSpecials, kAdded});
    for (const char* name : names)
        if (has(name)) all.add(name).add(fingerprintOfFile(m_path / name));
    const auto& longest = config().value("model_max_length"); // 1e30 where nobody said it
    const bool isStated = longest.is_number() && longest.get<double>() >= 1 && longest.get<double>() < 1e9;
    return {.folder = m_path.string(),
            .kind = std::move(kind),
            .longest = isStated ? static_cast<std::int64_t>(longest.get<double>()) : 0,
            .fingerprint = all.hex()};
}

void TokenizerFolder::requireClass(const std::vector<std::string_view>& classes) const {
    std::string name = config().text("tokenizer_class", classes.front());
    if (name.ends_with("Fast")) name.resize(name.size() - 4);
    if (std::ranges::find(classes, name) == classes.end())
        throw Error("{}: tokenizer_class: found '{}', the files here are read for {} only", config().place(),
                    name.substr(0, 80), fmt::join(classes, ", "));
}

std::vector<AddedToken> addedTokensOf(const JsonFields& tokenizer) {
    std::vector<AddedToken> tokens;
    if (!tokenizer.has("added_tokens")) return tokens;
    requireFew(tokenizer.list("added_tokens").size(), tokenizer.place() + ": added_tokens");
    for (const auto& item : tokenizer.list("added_tokens")) {
        const JsonFields fields(item, tokenizer.place() + ": added_tokens");
        if (!fields.has("id")) fields.refuse("id", fmt::format("a whole number from 0 to {}", kLargestId));
        tokens.push_back(addedToken(fields, fields.whole("id", kLargestId, 0)));
    }
    return tokens;
}

Vocabulary vocabularyOf(const JsonFields& model) {
    const JsonFields fields = model.object("vocab");
    Vocabulary vocabulary(fields.place());
    for (const auto& [token, id] : model.value("vocab").items()) {
        if (!id.is_number_integer())
            throw Error("{}: '{}': found {}, expected a whole number", fields.place(), token.substr(0, 40),
                        id.type_name());
        const bool fits = !id.is_number_unsigned() || std::in_range<std::int64_t>(id.get<std::uint64_t>());
        if (!fits)
            throw Error("{}: the token '{}' has the id {}, expected 0 to {}", fields.place(), token.substr(0, 40),
                        id.get<std::uint64_t>(), kLargestId);
        vocabulary.add(token, id.get<std::int64_t>());
    }
    return vocabulary;
}

} // namespace levi
