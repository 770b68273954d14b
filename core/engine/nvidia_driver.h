// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace levi {

struct CardFacts {
    std::string name;
    int major = 0, minor = 0;                    // compute capability; 0.0: not known
    std::uint64_t freeBytes = 0, totalBytes = 0; // 0: not known
};

// Libraries that the driver brings; loaded when first asked for.
struct DriverFiles {
    const char* cuda = "libcuda.so.1";
    const char* management = "libnvidia-ml.so.1"; // tells free memory
};

// What the driver says of the card that CUDA calls cuda:`index` in this process, whatever its place on the bus. Asked
// without a context on the card, for which CUDA takes hundreds of MB of its memory. Nothing where there is no driver or
// no such card.
std::optional<CardFacts> cardFacts(int index, const DriverFiles& files = {});

} // namespace levi
