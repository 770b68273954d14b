// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/run_records.h"
#include "ui/widgets/loss_plot.h"
#include "ui/widgets/metric_plot.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace levi {

// From candidates to what the plots of a run take. `picked` is the id of a candidate.
MetricValues metricCurves(std::span<const CandidateRecord> candidates, std::optional<std::int64_t> picked,
                          const std::string& metric);
std::vector<LossValues::Epoch> epochLosses(std::span<const CandidateRecord> candidates);

// Metrics that any candidate has, the usual ones first; those of single classes and groups are left out.
std::vector<std::string> candidateMetrics(std::span<const CandidateRecord> candidates);

} // namespace levi
