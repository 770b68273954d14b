// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/stats/selection_rules.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace levi {

// Settings by name or by the first digits of their cell's key. An exploratory one is shown and decides nothing: its p
// is its own, and it does not count for the others.
struct StudyComparison {
    std::string candidate, baseline;
    bool isExploratory = false;

    bool operator==(const StudyComparison&) const = default;
};

// What a comparison is judged on: each test role that both settings have, a test each; or one figure, the unweighted
// mean over the OOD domains.
enum class Endpoint { EveryRole, OodMean };

const std::string& nameOf(Endpoint endpoint); // every_role | ood_mean
const std::vector<std::string>& endpointNames();
Endpoint endpointNamed(std::string_view name); // throws Error listing them

// What a study states before its runs.
struct StudyPlan {
    std::string name;
    std::string question;
    std::vector<StudyComparison>
        family; // tested together: the p values of its primary ones are adjusted for one another
    Endpoint endpoint = Endpoint::EveryRole;
    std::string metric = "accuracy";
    CandidateRule rule = CandidateRule::IdVal;
    std::vector<std::uint64_t> seeds;
    std::optional<double> margin; // differences within it are practically nothing; as stored: 0.01 is one point

    std::vector<StudyComparison> comparisons(bool exploratory) const; // the primary ones, or the others
};

// Why it cannot be stated: no name, a margin below zero, a setting against itself, a comparison twice; "": it can.
std::string problemOf(const StudyPlan& plan);

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
    std::int64_t olderRuns = 0;    // of these: begun before the study was stated
    std::int64_t repeatedRuns = 0; // of these: of the setting and seed of an earlier run outside the study
    std::vector<LookRecord> looks; // in order of time
};

} // namespace levi
