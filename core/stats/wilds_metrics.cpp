// SPDX-License-Identifier: Apache-2.0
#include "core/stats/wilds_metrics.h"

#include "core/base/error.h"
#include "core/spec/roles.h"
#include "core/stats/regression_metrics.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>

#include <fmt/ranges.h>

namespace levi {
namespace {

std::optional<double> numberOf(const std::string& text) {
    double value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool isWhole =
        read.ec == std::errc() && read.ptr == text.data() + text.size() && !std::isnan(value); // "nan" has no place
    return isWhole ? std::optional(value) : std::nullopt;
}

std::vector<std::string> valuesIn(const std::vector<std::string>& column) {
    std::vector<std::string> values = column;
    std::ranges::sort(values, [](const std::string& a, const std::string& b) {
        const auto x = numberOf(a), y = numberOf(b);
        if (x && y && *x != *y) return *x < *y;
        return x.has_value() != y.has_value() ? x.has_value() : a < b;
    });
    const auto repeated = std::ranges::unique(values);
    values.erase(repeated.begin(), repeated.end());
    return values;
}

std::vector<GroupFigure> emptyFigures(const Groups& groups) {
    std::vector<GroupFigure> figures;
    for (std::int64_t group = 0; group < groups.count(); ++group)
        figures.push_back({.name = groups.name(group), .count = 0, .value = {}});
    return figures;
}

// Of several columns; one alone has no more values than rows.
constexpr std::int64_t kMostCombinations = 100'000;

void checkRows(const Groups& groups, std::size_t rows) {
    if (groups.ofRow.size() != rows)
        throw Error("groups: {} rows for {} figures, expected one a row", groups.ofRow.size(), rows);
}

} // namespace

std::int64_t Groups::count() const {
    std::int64_t count = 1;
    for (const GroupField& field : fields)
        count *= static_cast<std::int64_t>(field.values.size());
    return fields.empty() ? 0 : count;
}

std::string Groups::name(std::int64_t group) const {
    std::string text;
    for (const GroupField& field : fields) {
        const auto values = static_cast<std::int64_t>(field.values.size());
        text +=
            (text.empty() ? "" : " ") + field.name + ":" + field.values.at(static_cast<std::size_t>(group % values));
        group /= values;
    }
    return text;
}

Groups groupsOf(std::span<const std::string> names, std::span<const std::vector<std::string>> columns) {
    if (names.size() != columns.size()) throw Error("groups: {} names for {} columns", names.size(), columns.size());
    Groups groups;
    std::int64_t factor = 1; // groups of the columns before
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (groups.ofRow.empty()) groups.ofRow.resize(columns[i].size());
        if (columns[i].size() != groups.ofRow.size())
            throw Error("groups: '{}' has {} rows, '{}' has {}", names[i], columns[i].size(), names[0],
                        groups.ofRow.size());
        groups.fields.push_back({.name = names[i], .values = valuesIn(columns[i])});
        const auto& values = groups.fields.back().values;
        if (i > 0 && factor * static_cast<std::int64_t>(values.size()) > kMostCombinations)
            throw Error("groups: the values of {} make more than {} combinations; name fewer columns",
                        fmt::join(names.first(i + 1), ", "), kMostCombinations);
        std::map<std::string, std::int64_t> places;
        for (std::size_t v = 0; v < values.size(); ++v)
            places[values[v]] = static_cast<std::int64_t>(v);
        for (std::size_t row = 0; row < columns[i].size(); ++row)
            groups.ofRow[row] += factor * places.at(columns[i][row]);
        factor *= static_cast<std::int64_t>(values.size());
    }
    return groups;
}

std::vector<GroupFigure> meanByGroup(const Groups& groups, std::span<const double> scores) {
    checkRows(groups, scores.size());
    auto figures = emptyFigures(groups);
    for (std::size_t row = 0; row < scores.size(); ++row) {
        GroupFigure& figure = figures.at(static_cast<std::size_t>(groups.ofRow[row]));
        ++figure.count;
        figure.value = figure.value.value_or(0) + scores[row];
    }
    for (GroupFigure& figure : figures)
        if (figure.value) *figure.value /= static_cast<double>(figure.count);
    return figures;
}

std::vector<GroupFigure> pearsonByGroup(const Groups& groups, std::span<const double> predicted,
                                        std::span<const double> target) {
    checkRows(groups, predicted.size());
    checkRows(groups, target.size());
    auto figures = emptyFigures(groups);
    for (std::size_t group = 0; group < figures.size(); ++group) {
        std::vector<double> x, y;
        for (std::size_t row = 0; row < predicted.size(); ++row) {
            if (groups.ofRow[row] != static_cast<std::int64_t>(group)) continue;
            x.push_back(predicted[row]);
            y.push_back(target[row]);
        }
        figures[group].count = static_cast<std::int64_t>(x.size());
        figures[group].value = pearson(x, y);
    }
    return figures;
}

const GroupFigure* worstOf(std::span<const GroupFigure> groups) {
    const GroupFigure* worst = nullptr;
    for (const GroupFigure& group : groups)
        if (group.value && (!worst || *group.value < *worst->value)) worst = &group;
    return worst;
}

std::optional<double> adjustedAverage(std::span<const GroupFigure> groups, std::span<const double> weights) {
    if (groups.size() != weights.size())
        throw Error("adjusted average: {} weights for {} groups, expected one a group", weights.size(), groups.size());
    double sum = 0, total = 0;
    for (std::size_t g = 0; g < groups.size(); ++g) {
        if (!(weights[g] > 0)) continue;
        if (!groups[g].value) return std::nullopt;
        sum += weights[g] * *groups[g].value;
        total += weights[g];
    }
    return total > 0 ? std::optional(sum / total) : std::nullopt;
}

std::span<const double> waterbirdsWeights() {
    static constexpr std::array<double, 4> weights = {3498, 184, 56, 1057};
    return weights;
}

std::string roleOfWildsSplit(const std::string& split) {
    static const std::map<std::string, std::string> roles = {{"train", "train"},
                                                             {"id_val", "id_val"},
                                                             {"id_test", "id_test"},
                                                             {"val", "ood_val"},
                                                             {"test", oodTestRole("test")}};
    const auto found = roles.find(split);
    return found == roles.end() ? std::string() : found->second;
}

} // namespace levi
