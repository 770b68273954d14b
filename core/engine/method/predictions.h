// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/train/evaluation.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace levi {

// The predictions of a run's picked candidate, as a safetensors file. Rows of all roles, one after the other:
//   logits F32 (N, K) | labels I64 (N) | domains I64 (N) | role_rows I64 (roles) | row_ids U8: ids, each ended by a
//   zero. Where numbers are predicted logits (N, 1) are these, and targets F64 (N) stands in the place of labels. Where
//   the data has them: groups I64 (N) | users I64 (N)
// Metadata: format, and classes, domains, roles as JSON lists of texts; target: "number", where it is; groups as a JSON
// list of {"name", "values"} and group_weights as a JSON list of numbers, where there are groups.
struct PredictionsFile : Task {
    std::vector<RolePredictions> roles;
};

void writePredictions(const std::filesystem::path& file, const PredictionsFile& predictions);
PredictionsFile readPredictions(const std::filesystem::path& file); // throws Error for anything that does not fit

// Throws Error where two runs cannot be combined: targets, classes, roles or rows differ. The names are for the
// sentence.
void checkSameRows(const PredictionsFile& a, const PredictionsFile& b, const std::string& nameA,
                   const std::string& nameB);

// Of roles, rows and fp32 logits in their order.
std::string predictionsSha256(const std::vector<RolePredictions>& roles);

// What a weights file of a run says beside its tensors: classes, or the scale of numbers; what the specialist's view
// has learnt from the training rows (View::fitted); and the same read back. Throws Error for another file.
struct WeightsNotes {
    const Task& task;
    std::string fitted;
};
std::map<std::string, std::string> weightsMetadata(const WeightsNotes& notes);
Task weightsTask(const Safetensors& file);
std::string weightsFitted(const Safetensors& file); // "": nothing

} // namespace levi
