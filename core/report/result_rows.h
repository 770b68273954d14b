// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/stats/paired_tests.h"
#include "core/stats/selection_rules.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace levi {

// The room's door: what a table needs of a run, whatever store it came from.
struct ResultRow {
    std::string cell;      // key of the setting: runs of one cell differ only by seed
    std::string cellLabel; // for people; may be empty
    std::string method;    // the setting's name
    std::string kind;      // of the method: "levi"; empty: not known
    std::string taps;      // "4-12"; may be empty
    std::string testbed;   // key of the data, its domains and its split: rows of two testbeds are not ranked together
    std::string testbedLabel;
    std::uint64_t seed = 0;
    bool finished = false;                                                     // ended well; others are left out
    std::map<std::string, std::map<std::string, std::optional<double>>> roles; // role -> metric key -> value
    std::map<std::string, std::map<std::string, std::int64_t>> counts;         // the same: rows that it was measured on
    std::map<std::string, std::string> worstGroups; // role -> name of the group or domain that is worst
    std::string study;                              // "": none
    bool sealed = false;                            // test roles are there, without values
    std::set<std::string> sealedRoles;              // others that a seal hides too
    std::optional<CandidateRule> rule;   // by which the reported candidate was picked; absent: by the run itself
    bool keepsWeights = true;            // of the reported candidate
    std::map<std::string, double> costs; // seconds (its parents' too), trainable_parameters, peak_memory_bytes,
                                         // feature_flops and efficiencyFields(); those that nobody measured are absent

    std::optional<double> value(const std::string& role, const std::string& metric) const; // finite ones only
    std::int64_t rowCount(const std::string& role, const std::string& metric) const;       // 0: not known
    bool hides(const std::string& role) const;                                             // by a seal
};

// The finished runs of a setting.
struct CellResults {
    std::string cell, cellLabel, method, taps, testbed, testbedLabel;
    std::map<std::uint64_t, const ResultRow*> runs; // by seed; of two with one seed the later row counts

    ValueOfSeed values(const std::string& role, const std::string& metric) const;
    bool hides(const std::string& role) const;                                              // any of its runs does
    std::optional<double> meanOf(const std::string& role, const std::string& metric) const; // over its seeds
    std::vector<std::string> oodRoles() const; // that any of its runs has, in alphabetical order
    // ID minus the unweighted mean over the setting's OOD roles, by seed; reversed where lower is better, so that a
    // positive gap is always a loss. Seeds that lack one of the roles are left out.
    ValueOfSeed gap(const std::string& idRole, const std::string& metric) const;
};

struct GroupedResults {
    std::vector<CellResults> cells; // those of one testbed together; else in order of first appearance
    int unfinishedRuns = 0;
    int repeatedRuns = 0; // finished again with a seed that the cell has already
};

// The rows must outlive the result.
GroupedResults groupByCell(std::span<const ResultRow> rows);

// Settings of one name that hold out different domains (leave one domain out), put together: a row a name and seed,
// with every OOD role; other roles and costs are means over these settings, and left out for a seed that one of them
// lacks. Rows of a name, seed and OOD role that more
// than one setting has are refused with an Error naming their cells. Only finished rows.
std::vector<ResultRow> mergedByName(std::span<const ResultRow> rows);

// Metrics that a finished run has in any role, the usual ones first; those of single classes and groups are left out.
std::vector<std::string> metricsOf(std::span<const ResultRow> rows);
std::vector<std::string> inUsualOrder(std::set<std::string> metrics);

// What the rows are judged by where nobody says: accuracy, or rmse where numbers alone were predicted.
std::string usualMetric(std::span<const ResultRow> rows);

// The roles "ood_test/..." of finished rows, in alphabetical order.
std::vector<std::string> oodRolesOf(std::span<const ResultRow> rows);

std::string methodAndLayers(const std::string& method, const std::string& taps); // "LEVI, layers 8-12", "LEVI, layer 6"

// What a reader has to know of the finished rows beside their figures, a sentence each: the selection rule where it is
// not the runs' own pick, oracles by name, candidates without weights, studies that are sealed.
std::vector<std::string> provenanceNotes(std::span<const ResultRow> rows);

// "oracle_ood (oracle)"; "" where the runs' own picks are reported.
std::string ruleText(const std::optional<CandidateRule>& rule);
std::string rulesText(std::span<const ResultRow> rows); // those of the finished ones, by comma

} // namespace levi
