// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <vector>

class QApplication;

namespace levi {

class MainWindow;

// Draws every page, light and dark, into `<folder>/<page>-<light|dark>.png`, on any platform plugin. Shows the newest
// run's spec on the pages of setup and layers, waits until store and engine have answered, and runs the event loop
// meanwhile. The files; throws Error where one cannot be written.
std::vector<std::filesystem::path> writeScreenshots(QApplication& application, MainWindow& window,
                                                    const std::filesystem::path& folder);

} // namespace levi
