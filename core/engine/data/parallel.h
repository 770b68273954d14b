// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/data/load.h"

#include <cstdint>
#include <functional>

namespace levi {

// action(i) for each i in [0, count), on `options.threads` threads, this one among them; reports progress from this
// one. Throws Stopped when asked to stop, else what the first failing action threw. Actions must not share what they
// write.
void forEachInParallel(std::int64_t count, const LoadOptions& options, const std::function<void(std::int64_t)>& action);

} // namespace levi
