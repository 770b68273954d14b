// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/stats/selection_rules.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace levi {

// Settings by name or by the first digits of their cell's key.
struct StudyComparison {
    std::string candidate, baseline;
};

// What a study states before its runs.
struct StudyPlan {
    std::string name;
    std::string question;
    std::vector<StudyComparison> family; // tested together: their p values are adjusted for one another
    std::string metric = "accuracy";
    CandidateRule rule = CandidateRule::IdVal;
    std::vector<std::uint64_t> seeds;
    std::optional<double> margin; // differences within it are practically nothing; as stored: 0.01 is one point
};

// Something that happened to the test figures of a study.
struct LookRecord {
    double unixSeconds = 0;
    std::string kind; // unsealed | read
    std::string text; // the reason; or what they were read for: "levi table"
};

struct StudyRecord {
    std::int64_t id = 0;
    StudyPlan plan;
    bool sealed = false; // no test figure of its runs leaves the store, nor of runs derived from them
    double createdUnixSeconds = 0;
    std::optional<double> unsealedUnixSeconds; // absent where it is sealed, or never was
    std::string unsealedReason;
    std::int64_t runs = 0;
    std::vector<LookRecord> looks; // in order of time
};

} // namespace levi
