// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/report/html_report.h"
#include "core/report/result_rows.h"

#include <span>
#include <vector>

namespace levi {

// What an answer of each setting costs, as times the bare backbone, and what its training does, as times the first
// setting, where that was measured; else none.
std::vector<Figure> costFigures(std::span<const ResultRow> rows);

} // namespace levi
