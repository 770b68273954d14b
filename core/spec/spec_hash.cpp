// SPDX-License-Identifier: Apache-2.0
#include "core/spec/spec_hash.h"

#include "core/base/hash.h"

#include <algorithm>

namespace levi {
namespace {

std::string textOf(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace

std::string canonicalText(const ExperimentSpec& spec, const ResolvedFacts& facts) {
    std::vector<std::string> lines;
    for (const FieldRow& row : fieldRows(spec)) {
        if (!row.applies || !row.info.hashed) continue;
        const auto fact = facts.find(row.path);
        const bool isKind = row.path.ends_with(".kind");
        if (row.isDefault && !isKind && fact == facts.end()) continue;
        lines.push_back(row.path + "=" + (fact != facts.end() ? fact->second : textOf(row.value)));
    }
    std::ranges::sort(lines);
    return fmt::format("{}\n", fmt::join(lines, "\n"));
}

std::string cellKey(const ExperimentSpec& spec, const ResolvedFacts& facts) {
    return fingerprint(canonicalText(spec, facts)).substr(0, 16);
}

std::vector<SpecDifference> differences(const ExperimentSpec& a, const ExperimentSpec& b) {
    const auto rowsOfB = fieldRows(b);
    const auto find = [](const std::vector<FieldRow>& rows, const std::string& path) {
        const auto row = std::ranges::find(rows, path, &FieldRow::path);
        return row == rows.end() || !row->applies ? nullptr : &*row;
    };
    std::vector<SpecDifference> found;
    const auto compare = [&](const FieldRow* left, const FieldRow* right) {
        if (left && right && left->value == right->value) return;
        const FieldRow& either = left ? *left : *right;
        if (!(left && right) && either.isDefault) return; // the kinds differ, and that is said already
        found.push_back(
            {either.path, either.info.label, left ? textOf(left->value) : "–", right ? textOf(right->value) : "–"});
    };
    const auto rowsOfA = fieldRows(a);
    for (const FieldRow& row : rowsOfA)
        if (row.applies) compare(&row, find(rowsOfB, row.path));
    for (const FieldRow& row : rowsOfB)
        if (row.applies && !find(rowsOfA, row.path)) compare(nullptr, &row);
    return found;
}

} // namespace levi
