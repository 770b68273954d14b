// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/run_store.h"

#include <filesystem>

namespace levi::test {

inline constexpr int kMadeCells = 7;     // settings with finished runs
inline constexpr int kMadeFinished = 40; // runs
inline constexpr const char* kHostileName =
    "<img src=x onerror=alert(1)> & %1 \u202Eevil\x1b[31m with a name that goes on "
    "for much longer than any column of any table will ever be wide";

// A store as weeks of work leave it: seven settings on four domains, one with fewer seeds, one with a hostile name, an
// undefined metric, a failed, a stopped and an interrupted run. The same numbers at each call.
void fillStore(const std::filesystem::path& file);

} // namespace levi::test
