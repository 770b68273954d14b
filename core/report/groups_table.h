// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/report/result_rows.h"
#include "core/report/table.h"

#include <span>
#include <string>
#include <vector>

namespace levi {

// WILDS' figures of the runs: a row a setting and test role of several groups, with the average, the worst group (its
// figure, its rows, its name), the adjusted average, macro F1 over the labels present and the 10th percentile over
// users, as far as a run has them. Groups are those that the data names, else its domains. Groups without a row are
// named in a note.
Table groupsTable(std::span<const ResultRow> rows);

bool namesGroups(std::span<const ResultRow> rows); // whether the data of a finished run does

// The same of one run, a sentence a role: for `levi show`.
std::vector<std::string> groupSentences(const ResultRow& row);

} // namespace levi
