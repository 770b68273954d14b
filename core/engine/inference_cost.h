// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/run_setup.h"

#include <c10/core/Allocator.h>

#include <cstdint>
#include <mutex>

namespace levi {

// What one answer of the run's network costs, frozen backbone included, and the bare backbone beside it: FLOPs counted;
// seconds and bytes measured on batches of 8 rows of noise, the median time of alternating passes, and the weights with
// the most that a pass holds at once. A backbone that was trained answers as a frozen one does, its low-rank parts
// merged. Comes last, draws from streams of its own and changes nothing that the run has told. Where it fails or is stopped, the figures are absent.
void measureInference(RunSetup& setup);

// Follows what Torch allocates and gives back on this thread while it is installed (c10::DebugInfoGuard).
class AllocationMeter : public c10::MemoryReportingInfoBase {
public:
    std::int64_t peakBytes() const;

    void reportMemoryUsage(void* block, std::int64_t bytes, std::size_t allocated, std::size_t reserved,
                           c10::Device device) override;
    bool memoryProfilingEnabled() const override { return true; }

private:
    mutable std::mutex m_mutex;
    std::int64_t m_live = 0, m_peak = 0;
};

} // namespace levi
