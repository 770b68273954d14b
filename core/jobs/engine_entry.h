// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace levi {

class Engine;

// Raised with every change of Engine or of a type that crosses it: an engine of another build is refused, not called.
inline constexpr int kEngineInterface = 7;

} // namespace levi

// What liblevi_engine exports, found by name. leviMakeEngine hands over a new Engine, or throws.
extern "C" {
__attribute__((visibility("default"))) levi::Engine* leviMakeEngine();
__attribute__((visibility("default"))) int leviEngineInterface(); // its kEngineInterface
}
