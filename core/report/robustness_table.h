// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/report/result_rows.h"
#include "core/report/table.h"
#include "core/stats/robustness.h"

#include <span>
#include <string>
#include <vector>

namespace levi {

struct RobustnessOptions {
    AccuracyScale scale = AccuracyScale::Logit;
    std::string idRole = "id_test";
    std::vector<std::string> baselines; // names, or first digits of cells; empty: all others but those of LEVI
};

// Accuracy only: throws Error where numbers alone were predicted. A row a setting; for each OOD domain the effective
// robustness: how far the setting lies above the line through the baselines' ID and OOD accuracies (means over seeds).
// Refused, in a note, under five baselines. A note a domain with the correlation of ID and OOD accuracy over all
// settings.
Table robustnessTable(std::span<const ResultRow> rows, const RobustnessOptions& options = {});

} // namespace levi
