// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/store/run_store.h"

#include <filesystem>
#include <span>
#include <string>

namespace levi {

// Writes down that test figures of these runs were shown: with each study that they belong to and that is not sealed.
// A store that cannot be written gets a warning on stderr.
void noteLook(const std::filesystem::path& storeFile, std::span<const RunSummary> runs, const std::string& what);

} // namespace levi
