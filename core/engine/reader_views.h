// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/views.h"
#include "core/jobs/data_info.h"
#include "core/spec/experiment_spec.h"
#include "core/spec/validate.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace levi {

// What the spec's readers see of rows. Each throws Error that begins with the field.

PictureView backbonePictures(const ExperimentSpec& spec, const BackboneInfo& info);
std::shared_ptr<const View> backboneView(const ExperimentSpec& spec, const BackboneInfo& info);

// train: what a view of fields is fitted on. Null: none is there, and such a view an error.
std::shared_ptr<const View> specialistView(const ExperimentSpec& spec, const RowSet* train);

// Of one that reads texts: a length that leaves no room for them.
std::optional<Problem> specialistLengthProblem(const ExperimentSpec& spec);

// The first training rows as each reader sees them that reads no pictures.
std::vector<ReaderPreview> readerPreviews(const ExperimentSpec& spec, const RowSet& train);

// Fingerprints of the tokenizers that the spec's views use, by field: "backbone_view.tokenizer".
std::vector<std::pair<std::string, std::string>> tokenizerFacts(const ExperimentSpec& spec);

// A backbone that does not read what its kind says, a tokenizer that is none or not its own, texts that are too long
// for it or of which nothing is read.
std::vector<Problem> readerProblems(const ExperimentSpec& spec, const BackboneInfo& info);

} // namespace levi
