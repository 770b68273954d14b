// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/train/inputs.h"
#include "core/spec/train_options.h"
#include "core/store/run_records.h"

#include <optional>
#include <string>
#include <vector>

namespace levi {

// What a network says about the rows of a role.
struct RolePredictions {
    std::string role;
    std::vector<std::string> rows; // ids
    at::Tensor logits;             // (N, K) float32, on the CPU
    std::vector<std::int64_t> labels, domains;
};

RolePredictions predictions(const Network& network, const InputPlan& plan, const RowSet& rows);

// Every metric of a role, over all rows and by domain, and the predicted class shares.
std::vector<MetricRow> metricRows(const RolePredictions& predictions, const std::vector<std::string>& classes,
                                  const std::vector<std::string>& domains);

// All that may choose an epoch: figures of id_val. There is no way from a test role to one of these.
struct IdValFigures {
    double accuracy = 0, nll = 0;
};
// Nothing where a prediction is not finite.
std::optional<IdValFigures> idValFigures(const Network& network, const InputPlan& plan, const RowSet& idVal,
                                         RolePredictions& out);

// Remembers the best candidate. Those that are equal in all that counts: the earlier one.
class BestEpoch {
public:
    explicit BestEpoch(const Preference& preference) : m_preference(preference) {}
    bool offer(const IdValFigures& figures); // true: the best so far

private:
    Preference m_preference;
    std::optional<IdValFigures> m_best;
};

} // namespace levi
