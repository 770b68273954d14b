// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace levi {

inline constexpr std::int64_t kLargestId = (1 << 24) - 1;

// Tokens and their ids, checked while they are read. `file` starts every sentence.
class Vocabulary {
public:
    explicit Vocabulary(std::string file) : m_file(std::move(file)) {}

    // Throws Error on a token or an id given twice, an id out of range, a token that is no UTF-8, and on more of them
    // than any real vocabulary has.
    void add(const std::string& token, std::int64_t id);
    // The same of a token that may be there already, if it has that id.
    void join(const std::string& token, std::int64_t id);

    std::optional<std::int32_t> find(std::string_view token) const;
    std::int32_t require(const std::string& token, std::string_view role) const; // Throws Error where it is absent

    const std::string& file() const { return m_file; }
    std::int32_t end() const { return m_end; } // largest id + 1

    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };
    const auto& tokens() const { return m_ids; }

private:
    std::string m_file;
    std::unordered_map<std::string, std::int32_t, Hash, std::equal_to<>> m_ids;
    std::unordered_set<std::int32_t> m_taken;
    std::size_t m_bytes = 0; // of all tokens
    std::int32_t m_end = 0;
};

} // namespace levi
