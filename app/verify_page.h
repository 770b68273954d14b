// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace levi {

// Makes every marked table of a page (report/published_tables.h) again from its bundle. Prints each cell that differs
// and returns kFailed where one does; with `write` the page gets the tables instead. Throws Error for a page without
// marks.
int verifyPage(const std::filesystem::path& page, bool write);

} // namespace levi
