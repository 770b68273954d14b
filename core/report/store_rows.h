// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/report/result_rows.h"
#include "core/store/run_records.h"

#include <span>
#include <string>
#include <vector>

namespace levi {

// The name of its setting, or its method's label where it has none.
std::string runTitle(const RunSummary& run);

// Whether what it trains reads features of a backbone that nothing changes. False where its spec cannot be read.
bool readsFrozenBackbone(const RunSummary& run);

// Runs of the store as rows of a table, in the same order; the method is the run's title. Settings that share method
// and taps are labelled by the fields in which they differ.
std::vector<ResultRow> resultRows(std::span<const RunSummary> runs);

struct NamedTestbed {
    std::string key, label; // of its rows
};

// Those of finished rows, by first appearance. Rows that do not say what data they are of are left out.
std::vector<NamedTestbed> testbedsOf(std::span<const ResultRow> rows);

std::vector<RunSummary> runsOn(const std::string& testbed, std::span<const RunSummary> runs); // key of the testbed

} // namespace levi
