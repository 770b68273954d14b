// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <spdlog/logger.h>

namespace levi {

// The one logger ("levi"), to stderr. info: one line per epoch or decision; debug: per batch; warn: we went on
// differently; error: a run ended. Thread-safe. A line carries names and units: `epoch=3 train_loss=0.412
// seconds=12.8`.
spdlog::logger& log();

} // namespace levi
