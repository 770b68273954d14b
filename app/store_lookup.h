// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/store/run_store.h"

#include <filesystem>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace levi {

void addStoreOption(CLI::App& verb, std::filesystem::path& file); // --store, else the user's own

// A run by its number in the store, or the newest one of a name or of the first digits of a cell's key. Throws Error.
RunSummary runNamed(const RunStore& store, const std::string& text);

// All runs of one setting: by name, by the first digits of its cell's key, or by the number of one of its runs. Throws
// Error: absent, or ambiguous.
std::vector<RunSummary> runsOfSetting(const std::vector<RunSummary>& runs, const std::string& text);

} // namespace levi
