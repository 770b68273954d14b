// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace levi {

// Predictions of a classifier beside the truth. logits: (rows, classes), row by row. labels: one class in [0, classes)
// a row. groups: a domain or subgroup a row, any number; may be empty where there is none. Scalar: float as trained, or
// double.
template<typename Scalar>
struct Predictions {
    std::span<const Scalar> logits;
    std::int64_t classes = 0;
    std::span<const std::int64_t> labels;
    std::span<const std::int64_t> groups = {};
};

// The score of the rows that share a group.
struct GroupScore {
    std::int64_t group = 0;
    std::int64_t count = 0;
    double value = 0;
};

// Everything is absent where a logit is NaN or infinite, or where there is no row. A share or probability is in [0, 1].
struct ClassificationMetrics {
    std::int64_t count = 0;
    std::optional<double> accuracy;
    std::optional<double> macroF1;         // unweighted mean of F1 over the classes present in the labels
    std::optional<double> auc;             // see below
    std::optional<double> nll;             // mean negative log-likelihood, nats
    std::optional<double> ece;             // expected calibration error, 15 bins of equal width, 1 falls in the last
    std::optional<double> brier;           // squared error of the probabilities, summed over the classes
    std::optional<GroupScore> worstGroup;  // the group of the lowest accuracy; the lowest number wins a tie
    std::vector<GroupScore> groupAccuracy; // groups that have rows, in ascending order
    std::vector<double> predictedShares;   // of each class among the predictions
};

// AUC is that of class 1 with two classes. With more it is the unweighted mean of one-against-rest AUCs over the
// classes present in the labels; a class's score is its log-probability. Absent where all labels are of one class. A
// tie for the largest logit goes to the lowest class. Throws Error where sizes disagree or a label is out of range.
ClassificationMetrics classificationMetrics(const Predictions<float>& predictions);
ClassificationMetrics classificationMetrics(const Predictions<double>& predictions);

// The keys of the store and of scripts: accuracy macro_f1 auc nll ece worst_group. All are there, absent as nullopt.
std::map<std::string, std::optional<double>> metricsByKey(const ClassificationMetrics& metrics);

// Area under the ROC curve by ranks, a tie counts one half. Absent where one side is empty or a score is not finite.
std::optional<double> rankAuc(std::span<const double> scores, std::span<const std::uint8_t> positive);

} // namespace levi
