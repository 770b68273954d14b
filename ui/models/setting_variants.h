// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/run_records.h"

#include <map>
#include <span>
#include <string>

namespace levi {

// Colour and marker belong to a method; a method's settings are told apart by their variant, from 0 in order of their
// first run. Settings none of whose runs ended well or goes on come last, so that a wrong start takes no variant from a
// good one. Key: cell.
std::map<std::string, int> settingVariants(std::span<const RunSummary> runs);

} // namespace levi
