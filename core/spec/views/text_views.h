// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/fields.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace levi {

inline constexpr const char* kTextHere = "{text}"; // in a template: where the row's own text stands

// What a reader of texts reads: token ids.
struct TextViewOptions {
    std::filesystem::path tokenizer; // folder; empty: the backbone's own
    std::int64_t maxLength = 128;    // tokens, special ones included
    std::string wording = kTextHere; // of a pair, around the first text
};

// What a reader of a row's other columns reads; how is fitted on the training rows.
struct FieldViewOptions {};

FieldTable backboneTextFields();
FieldTable specialistTextFields();
FieldTable fieldViewFields();

} // namespace levi
