// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/stats/metrics.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace levi {

// Figures of subgroups as WILDS reports them (Koh et al. 2021): a row a group that could be, those without rows too.

// Fields whose values together make a group; the first one counts fastest, as in WILDS' CombinatorialGrouper.
struct GroupField {
    std::string name;
    std::vector<std::string> values; // that the field can have
};
struct Groups {
    std::vector<GroupField> fields;
    std::vector<std::int64_t> ofRow; // sum_i value_i prod_{j<i} (values of field j)

    std::int64_t count() const;                 // that could be
    std::string name(std::int64_t group) const; // "background:land y:landbird"
};
// Of columns of text, a value a row each; a field's values in the order of their names, numbers by size. Throws Error
// where columns are of different length, or several have more combinations than can be judged.
Groups groupsOf(std::span<const std::string> names, std::span<const std::vector<std::string>> columns);

struct GroupFigure {
    std::string name;
    std::int64_t count = 0;
    std::optional<double> value; // absent: an empty group, or one where the figure is undefined
};
std::vector<GroupFigure> meanByGroup(const Groups& groups, std::span<const double> scores);
std::vector<GroupFigure> pearsonByGroup(const Groups& groups, std::span<const double> predicted,
                                        std::span<const double> target);

// The lowest value over the groups that have one; of equals the first. Null: none has.
const GroupFigure* worstOf(std::span<const GroupFigure> groups);

// sum_g w_g value_g / sum_g w_g: the groups as they are in training, where the test set has them otherwise. Absent
// where a group of positive weight has no value. Throws Error where sizes disagree.
std::optional<double> adjustedAverage(std::span<const GroupFigure> groups, std::span<const double> weights);

// Of Waterbirds' training rows: landbirds on land and on water, waterbirds on land and on water; with the fields
// background and y in this order.
std::span<const double> waterbirdsWeights();

// The role here of a split there ("id_val", "val", "test", ...): "" for one that is not used. A data set without splits
// in distribution has its "val" and "test" out of it.
std::string roleOfWildsSplit(const std::string& split);

} // namespace levi
