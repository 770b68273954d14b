// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/stats/intervals.h"
#include "core/stats/paired_tests.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace levi {

// Two models' answers to the same samples, right (1) or wrong (0).
struct JudgedSamples {
    std::span<const std::uint8_t> rightA, rightB;
};

struct SampleCounts {
    std::int64_t both = 0, onlyA = 0, onlyB = 0, neither = 0;
    McNemar test() const { return mcNemarTest(onlyA, onlyB); }
};
// Throws Error where the spans are not of one length.
SampleCounts countSamples(const JudgedSamples& samples);

struct PairedBootstrap {
    double mean = 0;                  // of the differences
    std::int64_t units = 0;           // samples, or groups, that were drawn
    std::optional<Interval> interval; // BCa; absent with fewer than two units, or where all resamples agree
};

// Resamples whole units with replacement: samples where `groups` is empty, else all samples of a group together,
// because samples of one group (a domain, a patient) are not independent. differences: a - b for each sample, such as
// rightness or its mean over seeds. Absent without a sample; throws Error where sizes disagree or a value is not
// finite.
std::optional<PairedBootstrap> pairedBootstrap(std::span<const double> differences,
                                               std::span<const std::int64_t> groups = {},
                                               const BootstrapOptions& options = {});

} // namespace levi
