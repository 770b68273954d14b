// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/beginning.h"
#include "core/engine/data/loaded_rows.h"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

namespace levi {

// "file, line 7: reason"; what of the file stands in the reason may be long.
inline std::string toldBadRow(const std::string& file, std::size_t line, std::string_view reason) {
    constexpr std::size_t kReasonBytes = 400;
    const std::string_view begin = beginningOf(reason, kReasonBytes);
    return fmt::format("{}, line {}: {}{}", file, line, begin, begin.size() < reason.size() ? "…" : "");
}

// Rows of one file that cannot be used, as they are told and counted.
class BadRows {
public:
    BadRows(LoadedRows& loaded, std::string file) : m_loaded(loaded), m_file(std::move(file)) {}

    void add(std::size_t line, const std::string& reason) {
        ++m_loaded.brokenFiles;
        if (m_loaded.broken.size() < kNamedFiles)
            m_loaded.broken.push_back(
                {.name = fmt::format("line {}", line), .reason = toldBadRow(m_file, line, reason)});
    }

private:
    LoadedRows& m_loaded;
    std::string m_file;
};

} // namespace levi
