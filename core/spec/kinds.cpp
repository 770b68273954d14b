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

Options inKind(const Options& options, const Kind& kind) {
    Options made(kind);
    for (const Field& field : kind.fields)
        for (const Field& old : options.kind().fields)
            if (old.info.key == field.info.key && old.info.type == field.info.type) {
                const Json kept = old.get(options.address());
                if (kept != old.info.defaultValue && !problemOf(field.info, kept)) field.set(made.address(), kept);
            }
    return made;
}

} // namespace levi
