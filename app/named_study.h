// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/verbs.h"

namespace levi {

// `levi study premise | ablation SPEC | efficiency SPEC`: studies that the program knows, from their statement to their
// tables in one verb.
void addNamedStudies(CLI::App& study, Verb& verb);

} // namespace levi
