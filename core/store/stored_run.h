// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/store/run_records.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace levi {

// A run named so that every store understands it.
struct RunKey {
    std::string cell;
    std::uint64_t seed = 0;

    auto operator<=>(const RunKey&) const = default;
};

// All that a store keeps of a finished run beside its log and its artifacts. Of the summary, what belongs to the store
// that it lies in (id, ids of parents and candidates, metrics, seal) means nothing elsewhere.
struct StoredRun {
    RunSummary summary;
    std::string canonicalText;
    std::vector<CandidateRecord> candidates;
    std::optional<std::size_t> picked; // place among the candidates
    std::vector<RunKey> parents;
    std::vector<NamedText> environment;
    std::string source; // "file:line" of the bundle that it comes from
};

// The version of the program's numerics that made it, as the environment says; "" where it does not. Runs of two
// versions are not taken for one.
std::string numericsOf(const std::vector<NamedText>& environment);

} // namespace levi
