// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/jobs/tokenizer.h"

#include <QTemporaryDir>
#include <QTest>

#include <nlohmann/json.hpp>

#include <filesystem>
#include <functional>
#include <string>

namespace levi::test {

using Json = nlohmann::json;
using Ids = std::vector<std::int32_t>;

// A folder with a tokenizer's files.
class TokenizerFiles {
public:
    TokenizerFiles& add(const char* name, const std::string& content) {
        writeFileAtomically(path() / name, content);
        return *this;
    }
    TokenizerFiles& addJson(const char* name, const Json& content) { return add(name, content.dump()); }
    std::filesystem::path path() const { return m_folder.path().toStdString(); }
    std::unique_ptr<const Tokenizer> open() const { return openTokenizer(path()); }

private:
    QTemporaryDir m_folder;
};

inline Ids idsOf(const Tokenizer& tokenizer, std::string_view text, const EncodeOptions& options = {}) {
    TokenizedText result;
    tokenizer.encode({.first = text}, options, result);
    return result.ids;
}

inline QString shown(const Ids& ids) {
    QStringList words;
    for (const auto id : ids)
        words << QString::number(id);
    return words.join(QLatin1Char(' '));
}

inline QString messageOf(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return QString::fromStdString(error.what());
    }
    return {};
}

} // namespace levi::test
