// SPDX-License-Identifier: Apache-2.0
#include "core/store/test_metrics.h"

#include "core/store/run_reader.h"

#include <SQLiteCpp/SQLiteCpp.h>

namespace levi {
namespace {

bool isSealed(SQLite::Database& database, std::int64_t run) {
    SQLite::Statement query(database, "SELECT 1 FROM run JOIN study ON study.id = run.study "
                                      "WHERE run.id = ? AND study.sealed <> 0");
    query.bind(1, run);
    return query.executeStep();
}

} // namespace

std::map<std::int64_t, std::vector<MetricRow>> testMetricsOf(SQLite::Database& database, std::int64_t run) {
    std::map<std::int64_t, std::vector<MetricRow>> found;
    if (isSealed(database, run)) return found;
    SQLite::Statement query(database, "SELECT candidate, role, domain, metric, value, count FROM test_metric "
                                      "WHERE candidate IN (SELECT id FROM candidate WHERE run = ?) ORDER BY id");
    query.bind(1, run);
    while (query.executeStep())
        found[query.getColumn(0).getInt64()].push_back(metricAt(query, 1));
    return found;
}

} // namespace levi
