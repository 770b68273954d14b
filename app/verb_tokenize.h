// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/verbs.h"

namespace levi {

void addBenchTokenizeVerb(CLI::App& bench, Verb& verb); // of `levi bench`

} // namespace levi
