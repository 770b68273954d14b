// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/html_report.h"
#include "ui/models/results_view.h"

#include <QString>

#include <filesystem>
#include <string>
#include <vector>

namespace levi {

// What a report says without the figures of all runs, and the view that these are drawn from. A value, made on any
// thread.
struct ReportContent {
    HtmlReport report;
    ResultsView view;
    std::string key; // of all that it says, when it was read apart: equal ones need not be shown anew
};
// Reads the store. Throws Error: no store there, or it cannot be read.
ReportContent readReport(const std::filesystem::path& storeFile, const ResultsQuestion& question);

// Needs a QApplication, on any platform plugin.
std::vector<Figure> reportFigures(const ResultsView& view);

// The HTML report of a store, with figures as inline SVG. Reads the store and writes the file on the calling thread.
// Throws Error: no store there, or the file cannot be written.
void writeHtmlReport(const std::filesystem::path& storeFile, const std::filesystem::path& outFile,
                     const ResultsQuestion& question = {});

} // namespace levi
