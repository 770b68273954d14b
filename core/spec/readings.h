// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/validate.h"

#include <string>
#include <vector>

namespace levi {

// What a row is to a reader, which is also the kind of the view that shows it. Kinds of data say what their rows give,
// kinds of backbones and specialists what they read: Kind::readings.
inline constexpr const char *kPictureReading = "picture", *kTextReading = "text", *kFieldsReading = "fields";

// After the kind of a section was set: readers and views that do not go with it become the first kind that does.
void followReadings(ExperimentSpec& spec, const std::string& section);

// Whether a reader that the method uses reads texts.
bool readsTexts(const ExperimentSpec& spec);

// Data, readers and views that do not go together, each at the field to change.
std::vector<Problem> readingProblems(const ExperimentSpec& spec);

} // namespace levi
