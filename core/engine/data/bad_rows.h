// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/loaded_rows.h"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace levi {

// Rows of one file that cannot be used, as they are told and counted.
class BadRows {
public:
    BadRows(LoadedRows& loaded, std::string file) : m_loaded(loaded), m_file(std::move(file)) {}

    void add(std::size_t line, const std::string& reason) {
        ++m_loaded.brokenFiles;
        if (m_loaded.broken.size() < kNamedFiles)
            m_loaded.broken.push_back(
                {.name = fmt::format("line {}", line), .reason = fmt::format("{}, line {}: {}", m_file, line, reason)});
    }

private:
    LoadedRows& m_loaded;
    std::string m_file;
};

} // namespace levi
