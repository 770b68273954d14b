// SPDX-License-Identifier: Apache-2.0
#include "core/engine/text/vocabulary.h"

#include "core/base/error.h"
#include "core/engine/text/utf8.h"

namespace levi {
namespace {

constexpr std::size_t kMostTokens = 2'000'000;
constexpr std::size_t kMostBytes = 16 << 20; // of all tokens together: a prefix tree has a node a byte

// For a message: the token may be anything.
std::string quoted(const std::string& token) {
    return fmt::format("'{}'", token.size() <= 40 ? token : token.substr(0, 40) + "…");
}

} // namespace

void Vocabulary::add(const std::string& token, std::int64_t id) {
    if (id < 0 || id > kLargestId)
        throw Error("{}: the token {} has the id {}, expected 0 to {}", m_file, quoted(token), id, kLargestId);
    if (!isUtf8(token)) throw Error("{}: the token with the id {} is not UTF-8", m_file, id);
    if (m_ids.size() >= kMostTokens || m_bytes + token.size() > kMostBytes)
        throw Error("{}: holds more than {} tokens or {} bytes of them", m_file, kMostTokens, kMostBytes);
    const auto number = static_cast<std::int32_t>(id);
    const auto [place, isNew] = m_ids.emplace(token, number);
    if (!isNew)
        throw Error("{}: the token {} stands twice, with the ids {} and {}", m_file, quoted(token), place->second, id);
    if (!m_taken.insert(number).second)
        throw Error("{}: the id {} stands twice, the second time for {}", m_file, id, quoted(token));
    m_bytes += token.size();
    m_end = std::max(m_end, number + 1);
}

void Vocabulary::join(const std::string& token, std::int64_t id) {
    const auto known = find(token);
    if (!known) return add(token, id);
    if (*known != id)
        throw Error("{}: the added token {} has the id {}, in the vocabulary {}", m_file, quoted(token), id, *known);
}

std::optional<std::int32_t> Vocabulary::find(std::string_view token) const {
    const auto found = m_ids.find(token);
    return found == m_ids.end() ? std::nullopt : std::optional(found->second);
}

std::int32_t Vocabulary::require(const std::string& token, std::string_view role) const {
    const auto id = find(token);
    if (!id) throw Error("{}: lacks {}, the {}", m_file, quoted(token), role);
    return *id;
}

} // namespace levi
