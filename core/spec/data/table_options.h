// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/data/split_options.h"
#include "core/spec/data/target_options.h"

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace levi {

// What the values of a split column are: names of roles, or the numbers that a data set of WILDS uses.
enum class SplitCodes { Names, Wilds, Amazon, Camelyon17, Fmow, Iwildcam, Poverty, Waterbirds };
template<>
inline const std::vector<std::string> kEnumNames<SplitCodes> = {"names", "wilds",    "amazon",  "camelyon17",
                                                                "fmow",  "iwildcam", "poverty", "waterbirds"};

// A table of rows, CSV or TSV with a head, whose columns say target, role, domain, groups and user of each.
struct TableOptions : SplitOptions, DomainOptions, TargetOptions {
    std::filesystem::path table;
    std::string targetColumn;
    std::string split; // column; "": roles by domain and shares
    SplitCodes splitCodes = SplitCodes::Names;
    std::vector<std::string> splitRoles;            // "value=role", before the codes
    std::vector<std::string> domainColumns, groups; // columns whose values together are a domain, or a group
    std::vector<double> groupWeights;               // of the adjusted average; empty: rows of each in training
    std::string user;                               // column; "": none
    BrokenFiles broken = BrokenFiles::Stop;
};

// Of a "value=role": both sides. Throws Error: expected.
std::pair<std::string, std::string> splitRole(const std::string& text);
inline constexpr const char* kUnusedRole = "unused";

// The fields of TableOptions, for the table of a struct S that derives from it: the file, then (behind the fields that
// only S has) what its columns say, then the roles.
std::optional<std::string> splitRolesProblem(const std::vector<std::string>& roles);
std::optional<std::string> userProblem(const ExperimentSpec& spec, const TableOptions& o);
std::optional<std::string> weightsProblem(const ExperimentSpec& spec, const TableOptions& o);

template<typename S>
void addTableFile(Fields<S>& f) {
    f.add("table", &TableOptions::table, "Table")
        .required()
        .help("CSV or TSV file whose first line names its columns: a row a picture.");
}

template<typename S>
void addTableTarget(Fields<S>& f) {
    f.add("target_column", &TableOptions::targetColumn, "Target column")
        .required()
        .help("Column of what is to be predicted.");
    addTarget(f);
}

template<typename S>
void addTableGroups(Fields<S>& f) {
    f.add("domain", &TableOptions::domainColumns, "Domain columns")
        .help("Columns whose values together are the domain of a row: what methods against shift tell apart, and what "
              "figures are told by; empty: one domain.");
    f.add("groups", &TableOptions::groups, "Group columns")
        .advanced()
        .help("Columns whose values together are the group of a row, as WILDS judges them (worst group, adjusted "
              "average); the first counts fastest; empty: the domains are the groups.");
    f.add("group_weights", &TableOptions::groupWeights, "Weights of the groups")
        .advanced()
        .when([](const S& o) { return !o.groups.empty() && o.target == TargetKind::Class; })
        .help("Of the adjusted average, one for each combination of the group columns' values; empty: its rows in "
              "training. Of Waterbirds 3498,184,56,1057 with the groups place,y.")
        .check([](const ExperimentSpec& spec, const S& o) { return weightsProblem(spec, o); });
    f.add("user", &TableOptions::user, "User column")
        .advanced()
        .help("Column of who a row comes from, for the 10th percentile of accuracy over users; empty: none.")
        .check([](const ExperimentSpec& spec, const S& o) { return userProblem(spec, o); });
}

template<typename S>
void addTableRoles(Fields<S>& f) {
    const auto drawn = [](const S& o) { return o.split.empty(); };
    f.add("split", &TableOptions::split, "Split column")
        .help("Column that says the role of each row; empty: roles come from the domains and the shares below.");
    f.add("split_codes", &TableOptions::splitCodes, "Values of the split")
        .when([](const S& o) { return !o.split.empty(); })
        .help("names: train, id_val, id_test, ood_val, ood_test/NAME, and as WILDS has them val (ood_val) and test "
              "(ood_test/test); or that data set's numbers too: wilds (0 train, 1 val, 2 test), amazon, camelyon17, "
              "fmow, "
              "iwildcam, poverty, waterbirds. -1 and an empty value: not used.");
    f.add("split_roles", &TableOptions::splitRoles, "Roles of values")
        .advanced()
        .when([](const S& o) { return !o.split.empty(); })
        .help("VALUE=ROLE for values with another meaning, such as val=id_val, test=id_test or 3=ood_test/north; ROLE "
              "may be unused.")
        .check([](const ExperimentSpec&, const S& o) { return splitRolesProblem(o.splitRoles); });
    addDomains<S>(f, drawn);
    addSplit<S>(f, drawn);
    f.add("broken", &TableOptions::broken, "Bad rows")
        .advanced()
        .help("Whether a row that cannot be used (no picture or text, no such role, a target that is none) stops the "
              "load "
              "or "
              "is counted, named and skipped.");
}

} // namespace levi
