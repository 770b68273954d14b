// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/store/run_records.h"

#include <cstdint>
#include <map>
#include <vector>

namespace SQLite {
class Database;
}

namespace levi {

// The one function that reads test figures (tests/house sees to that). By candidate of the run, in the order in which
// they were written. Where the run is sealed, by its own study or by one that it is derived from, they have no value.
std::map<std::int64_t, std::vector<MetricRow>> testMetricsOf(SQLite::Database& database, std::int64_t run);

} // namespace levi
