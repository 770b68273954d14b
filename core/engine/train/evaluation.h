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
    at::Tensor logits;             // (N, K) float32, on the CPU; predicted numbers, (N, 1), in their own unit
    std::vector<std::int64_t> labels, domains; // labels: of classes
    std::vector<double> numbers;               // targets of a task that asks for numbers
    std::vector<std::int64_t> groups, users;   // of a task that has them
};

RolePredictions predictions(const Network& network, const InputPlan& plan, const RowSet& rows);

// Every metric of a role, over all rows and by domain, and the predicted class shares; where the task has groups, a row
// a group ("accuracy/place:water y:landbird"), those without rows too.
std::vector<MetricRow> metricRows(const RolePredictions& predictions, const Task& task);

// All that may choose an epoch: figures of id_val. There is no way from a test role to one of these.
struct IdValFigures {
    double accuracy = 0, nll = 0;
    std::optional<double> rmse; // of predicted numbers, and alone

    const char* name() const { return rmse ? "rmse" : "accuracy"; } // of the figure that counts first
    double first() const { return rmse.value_or(accuracy); }
    double goodness() const { return rmse ? -*rmse : accuracy; } // larger is better
    std::string text() const;                                    // for logs
};
// Both: nothing where a prediction is not finite.
std::optional<IdValFigures> figuresOf(const RolePredictions& predictions, const Task& task);
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
