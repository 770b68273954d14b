// SPDX-License-Identifier: Apache-2.0
#include "core/store/test_metrics.h"

#include "core/store/run_reader.h"
#include "core/store/study_tables.h"

#include <SQLiteCpp/SQLiteCpp.h>

namespace levi {
std::map<std::int64_t, std::vector<MetricRow>> testMetricsOf(SQLite::Database& database, std::int64_t run) {
    std::map<std::int64_t, std::vector<MetricRow>> found;
    const bool sealed = sealOf(database, run).has_value();
    SQLite::Statement query(database, "SELECT candidate, role, domain, metric, value, count FROM test_metric "
                                      "WHERE candidate IN (SELECT id FROM candidate WHERE run = ?) ORDER BY id");
    query.bind(1, run);
    while (query.executeStep()) {
        MetricRow row = metricAt(query, 1);
        if (sealed) row.value.reset();
        row.sealed = sealed;
        found[query.getColumn(0).getInt64()].push_back(std::move(row));
    }
    return found;
}

} // namespace levi
