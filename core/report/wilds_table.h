// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/csv.h"
#include "core/report/table.h"

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace levi {

// Which columns of a data set's metadata say what a prediction is judged by.
struct WildsQuestion {
    std::string label;                                      // class numbers; with `regression` the target
    std::vector<std::string> groups;                        // fields whose values together make a group
    std::string user;                                       // for the 10th percentile over users; "": none
    std::vector<std::pair<std::string, std::string>> where; // column = value: the rows of the split
    std::vector<double> weights;                            // of the groups, for the adjusted average; empty: none
    bool regression = false;
};

// WILDS' figures of one split: average, macro F1 over the labels present (or Pearson's r and RMSE), worst group,
// adjusted average, 10th percentile over users, and a row a group with its rows, empty ones named. predictions: a value
// for each row of the split, in its order, as WILDS' prediction files have them. Throws Error.
Table wildsTable(const CsvTable& metadata, std::span<const double> predictions, const WildsQuestion& question);

// One number a line. Throws Error naming the line.
std::vector<double> wildsPredictions(std::string_view text, const std::string& name);

} // namespace levi
