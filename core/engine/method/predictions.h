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
//   zero
// Metadata: format, and classes, domains, roles as JSON lists of texts.
struct PredictionsFile {
    std::vector<std::string> classes, domains;
    std::vector<RolePredictions> roles;
};

void writePredictions(const std::filesystem::path& file, const PredictionsFile& predictions);
PredictionsFile readPredictions(const std::filesystem::path& file); // throws Error for anything that does not fit

// Throws Error where two runs cannot be combined: classes, roles or rows differ. The names are for the sentence.
void checkSameRows(const PredictionsFile& a, const PredictionsFile& b, const std::string& nameA,
                   const std::string& nameB);

// Of roles, rows and fp32 logits in their order.
std::string predictionsSha256(const std::vector<RolePredictions>& roles);

// What a weights file of a run says beside its tensors, and the classes read back. Throws Error for another file.
std::map<std::string, std::string> weightsMetadata(const std::vector<std::string>& classes);
std::vector<std::string> weightsClasses(const Safetensors& file);

// Of names and bytes of the tensors, which stand in order of name.
std::string weightsSha256(const std::vector<NamedTensor>& weights);

} // namespace levi
