// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/hash.h"
#include "core/engine/data/sample_source.h"

namespace levi {

void addFields(Fingerprinter& print, const SampleFields& fields); // in their order

} // namespace levi
