// SPDX-License-Identifier: Apache-2.0
#include "core/store/test_metrics.h"

#include "core/store/run_reader.h"

#include <SQLiteCpp/SQLiteCpp.h>

namespace levi {

MetricsOfCandidates testMetricsOf(SQLite::Database& database, std::int64_t run, const std::optional<Seal>& seal) {
    MetricsOfCandidates found;
    SQLite::Statement query(database, "SELECT candidate, role, domain, metric, value, count FROM test_metric "
                                      "WHERE candidate IN (SELECT id FROM candidate WHERE run = ?) ORDER BY id");
    query.bind(1, run);
    while (query.executeStep())
        found[query.getColumn(0).getInt64()].push_back(behind(seal, metricAt(query, 1)));
    return found;
}

MetricRow behind(const std::optional<Seal>& seal, MetricRow row) {
    row.sealed = seal && seal->hides(row.role);
    if (row.sealed) row.value.reset();
    return row;
}

} // namespace levi
