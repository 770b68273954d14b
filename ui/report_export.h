// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

namespace levi {

// The HTML report of a store, with figures as inline SVG. Needs a QApplication, on any platform plugin. Reads the store
// and writes the file on the calling thread. Throws Error: no store there, or the file cannot be written.
void writeHtmlReport(const std::filesystem::path& storeFile, const std::filesystem::path& outFile,
                     const std::string& metric = "accuracy");

} // namespace levi
