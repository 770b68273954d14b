// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace levi {

// A process, told apart from later ones with the same pid.
struct ProcessIdentity {
    std::int64_t pid = 0;
    std::int64_t startTicks = 0; // clock ticks since boot: /proc/<pid>/stat, field 22
    std::string bootId;          // /proc/sys/kernel/random/boot_id
};

ProcessIdentity thisProcess();
bool isAlive(const ProcessIdentity& process); // a zombie is not

} // namespace levi
