// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/report/table.h"
#include "core/stats/sample_tests.h"
#include "core/store/run_records.h"
#include "core/store/stored_predictions.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace levi {

class RunStore;

// The predictions of two settings with one seed.
struct PredictionPair {
    std::uint64_t seed = 0;
    StoredPredictions a, b;
};

// Two settings on the same samples of one role.
struct SampleComparison {
    std::string role;
    std::int64_t samples = 0;
    std::vector<std::pair<std::uint64_t, SampleCounts>> bySeed; // of classes
    std::optional<PairedBootstrap>
        overSamples; // of rightness A - B, averaged over the seeds; of numbers squared errors
    // The same, whole domains, groups or users drawn; absent under five, and where the data name none.
    std::optional<PairedBootstrap> overDomains, overGroups, overUsers;
    bool areNumbers = false;
};

// Of the seeds that both have finished; where one ran again, the newest counts. Throws Error where a run kept no
// predictions, or where a seal hides them.
std::vector<PredictionPair> sharedPredictions(const RunStore& store, std::span<const RunSummary> a,
                                              std::span<const RunSummary> b);

// Every role that both have. Throws Error where rows or targets of a role differ between any two of the files.
std::vector<SampleComparison> compareSamples(const std::vector<PredictionPair>& pairs, double level = 0.95);

// A row a role: accuracy A - B with bootstrap intervals over samples, over domains and, where there are any, over
// groups and users, and by seed how many samples only A and only B got right, with McNemar's exact p. Of numbers
// squared errors, without McNemar. A note says where there is no row.
Table sampleTable(const std::vector<SampleComparison>& roles, double level = 0.95);

} // namespace levi
