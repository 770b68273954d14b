// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/stats/paired_tests.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace levi {

// The room's door: what a table needs of a run, whatever store it came from.
struct ResultRow {
    std::string cell;      // key of the setting: runs of one cell differ only by seed
    std::string cellLabel; // for people; may be empty
    std::string method;
    std::string taps; // "4-12"; may be empty
    std::uint64_t seed = 0;
    bool finished = false;                                                     // ended well; others are left out
    std::map<std::string, std::map<std::string, std::optional<double>>> roles; // role -> metric key -> value

    std::optional<double> value(const std::string& role, const std::string& metric) const; // finite ones only
};

// The finished runs of a setting.
struct CellResults {
    std::string cell, cellLabel, method, taps;
    std::map<std::uint64_t, const ResultRow*> runs; // by seed; of two with one seed the later row counts

    ValueOfSeed values(const std::string& role, const std::string& metric) const;
    // ID minus the unweighted mean over the OOD roles, by seed; reversed where lower is better, so that a positive gap
    // is always a loss. Seeds that lack one of the roles are left out.
    ValueOfSeed gap(const std::string& idRole, std::span<const std::string> oodRoles, const std::string& metric) const;
};

struct GroupedResults {
    std::vector<CellResults> cells; // in order of first appearance
    int unfinishedRuns = 0;
    int repeatedRuns = 0; // finished again with a seed that the cell has already
};

// The rows must outlive the result.
GroupedResults groupByCell(std::span<const ResultRow> rows);

// Metrics that a finished run has in any role, the usual ones first; predicted class shares are left out.
std::vector<std::string> metricsOf(std::span<const ResultRow> rows);

// The roles "ood_test/..." of finished rows, in alphabetical order.
std::vector<std::string> oodRolesOf(std::span<const ResultRow> rows);

} // namespace levi
