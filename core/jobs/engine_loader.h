// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

namespace levi {

class Engine;

// Loads liblevi_engine.so (beside this library, or LEVI_ENGINE) on first use and keeps it: about half a second. Throws
// Error saying what is missing, each time, so that programs open their stores where LibTorch is broken. Thread-safe.
Engine& engine();

// Takes the place of the library, for tests; nullptr puts it back.
void setEngineForTests(std::shared_ptr<Engine> engine);

} // namespace levi
