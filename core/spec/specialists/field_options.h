// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/specialists/specialist_options.h"

#include <string>

namespace levi {

// Hidden layers on numbers, flags and embedded categories.
struct TableMlpOptions : SpecialistOptions {
    std::int64_t hiddenWidth = 64;
    std::int64_t depth = 2;         // hidden layers
    std::int64_t categoryWidth = 8; // of each category's embedding
    std::int64_t outputWidth = 96;  // of s, which every adapting layer reads
};

// Whom a rating is of and what it is of: the categories whose embeddings are multiplied.
struct RatingOptions : SpecialistOptions {
    std::string user = "user", item = "item"; // names of categories
    std::int64_t idWidth = 32;                // of their embeddings
    double idDropout = 0.05;                  // share of ids that training takes for unknown ones
};

// A tower for the user's and one for the item's id; their product, both of them and all other fields go through a
// hidden layer.
struct TwoTowerOptions : RatingOptions {
    std::int64_t categoryWidth = 8; // of other categories
    std::int64_t hiddenWidth = 64;
    std::int64_t outputWidth = 96;
};

// The factors' product and the biases of both, which a linear head adds up: Koren, Bell and Volinsky 2009.
struct MatrixFactorisationOptions : RatingOptions {};

FieldTable tableMlpFields();
FieldTable twoTowerFields();
FieldTable matrixFactorisationFields();

} // namespace levi
