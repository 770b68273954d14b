// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/store/json_lines.h"
#include "core/store/stored_run.h"

#include <string>

namespace levi {

// Whether what a bundle says can be: a bundle is text, and anybody may have written it. What cannot is an Error that
// names the line and the field, and says what was found and what was expected.
void checkRole(const JsonLine& line, const std::string& role);
void checkFigure(const JsonLine& line, const MetricRow& row); // its range, as far as the metric is known; its rows
void checkRun(const JsonLine& line, const StoredRun& run);    // method, layers, costs, parents' keys
void checkCandidate(const JsonLine& line, const CandidateRecord& candidate);

// The spec is that of the cell: its text comes out again, with what only the engine knew (content behind paths, layers
// as numbers, parents' cells) taken from that text.
void checkSpec(const JsonLine& line, const StoredRun& run);

} // namespace levi
