// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/jobs/engine.h"

#include <c10/core/Device.h>

#include <optional>
#include <string>
#include <vector>

namespace levi {

EngineInfo engineInfo();
std::vector<DeviceInfo> devicesHere(); // the CPU first

// Why `device` cannot be used here, in a sentence; nothing where it can.
std::optional<std::string> deviceProblem(const std::string& device);
at::Device usableDevice(const std::string& device); // throws Error with that sentence

// Threads of the calling thread's Torch operators; 0: one for each core.
int setThreads(std::int64_t threads);

// Largest resident size of this process since the last call of resetPeakMemory (or its start, where that is not
// allowed).
std::uint64_t peakMemoryBytes();
void resetPeakMemory();

} // namespace levi
