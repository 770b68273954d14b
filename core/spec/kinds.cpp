// SPDX-License-Identifier: Apache-2.0
#include "core/spec/kinds.h"

#include "core/base/error.h"

#include <vector>

namespace levi {

const Kind& KindRegistry::add(Kind kind) {
    if (find(kind.key)) throw Error("kind '{}' is registered twice", kind.key);
    return m_kinds.emplace_back(std::move(kind));
}

const Kind* KindRegistry::find(std::string_view key) const {
    for (const Kind& kind : m_kinds)
        if (kind.key == key) return &kind;
    return nullptr;
}

const Kind& KindRegistry::at(std::string_view key) const {
    if (const Kind* kind = find(key)) return *kind;
    throw Error("found '{}', expected one of {}", key, keysText());
}

std::string KindRegistry::keysText() const {
    std::vector<std::string> keys;
    for (const Kind& kind : m_kinds)
        keys.push_back(kind.key);
    return fmt::format("{}", fmt::join(keys, ", "));
}

} // namespace levi
