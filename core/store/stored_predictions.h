// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace levi {

class RunStore;

// What a run answered for the rows of a role. predicted: the class of the largest logit, the lowest of several; -1
// where a logit is not a number. Of a run that predicts numbers labels and predicted are empty.
struct StoredRole {
    std::string role;
    std::vector<std::string> rows; // ids
    std::vector<std::int64_t> labels, domains, predicted;
    std::vector<double> targets, numbers;    // the truth and the prediction, of numbers
    std::vector<std::int64_t> groups, users; // of data that name them; else empty
};

// The predictions of a run's own pick, read without Torch from the file that the engine wrote
// (engine/method/predictions.h says how it is laid out).
struct StoredPredictions {
    std::vector<std::string> classes, domains;
    std::vector<StoredRole> roles;
    bool areNumbers = false;
};

// Throws Error for a file that does not fit.
StoredPredictions readStoredPredictions(const std::filesystem::path& file);

// Throws Error where the run kept none, or where a seal hides them.
StoredPredictions predictionsOf(const RunStore& store, std::int64_t run);

} // namespace levi
