// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/store/run_records.h"
#include "core/store/study_tables.h"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace SQLite {
class Database;
}

namespace levi {

using MetricsOfCandidates = std::map<std::int64_t, std::vector<MetricRow>>;

// The one function that reads test figures (tests/house sees to that). By candidate of the run, in the order in which
// they were written; seal: that of the run, see sealOf(). Where it hides them, they have no value.
MetricsOfCandidates testMetricsOf(SQLite::Database& database, std::int64_t run, const std::optional<Seal>& seal);

// A figure as the seal lets it through.
MetricRow behind(const std::optional<Seal>& seal, MetricRow row);

} // namespace levi
