// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/verbs.h"

namespace levi {

void addWildsVerb(CLI::App& app, Verb& verb);

} // namespace levi
