// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/report/result_rows.h"
#include "core/report/seed_statistic.h"
#include "core/report/table.h"
#include "core/spec/spec_hash.h"
#include "core/stats/comparison_family.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace levi {

// Two settings in one role: a - b over the seeds that both have.
struct RoleComparison {
    std::string role;
    std::optional<Estimate> a, b; // over all seeds of each side
    ValueOfSeed valuesA, valuesB;
    SeedPairs pairs;                       // a - b as they are
    std::optional<Estimate> difference;    // of these
    FamilyComparison result;               // of a against b, positive where a is better; alone, not adjusted
    std::string verdict;                   // "A is better (p = 0.031, n = 6)", "undecided (…)", "sealed"
    bool sealedA = false, sealedB = false; // a seal hides figures of that side
};

struct Comparison {
    std::string labelA, labelB, metric;
    double level = 0.95;
    Spread spread = Spread::TInterval; // what the table shows behind a mean
    Statistic statistic = Statistic::Mean;
    std::optional<double> margin;
    std::vector<RoleComparison> roles; // ID first, then OOD
    std::vector<SpecDifference> differences;
    std::vector<std::string> provenance; // see provenanceNotes()
    std::string rule;                    // see rulesText()
};

struct ComparisonRequest {
    std::string labelA = "A", labelB = "B";
    std::string metric = "accuracy";
    double level = 0.95;
    Spread spread = Spread::TInterval;
    Statistic statistic = Statistic::Mean;
    std::optional<double> margin; // differences within it are practically nothing
    std::vector<SpecDifference> differences;
};

// rowsA and rowsB: the runs of one setting each; unfinished ones are left out, of two with one seed the later counts.
// Roles are id_val, id_test, ood_val and each ood_test that a side has.
Comparison compare(std::span<const ResultRow> rowsA, std::span<const ResultRow> rowsB, ComparisonRequest request = {});

// A row a role: A, B, A - B with its interval, p, the smallest p that n allows, probability of superiority, verdict.
Table comparisonTable(const Comparison& comparison);

// What differs between the two specs; a row says so where nothing does.
Table differencesTable(const Comparison& comparison);

} // namespace levi
