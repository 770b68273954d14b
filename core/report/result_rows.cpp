// SPDX-License-Identifier: Apache-2.0
#include "core/report/result_rows.h"

#include "core/report/metric_style.h"
#include "core/spec/layer_choice.h"
#include "core/spec/roles.h"
#include "core/store/run_records.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace levi {

std::optional<double> ResultRow::value(const std::string& role, const std::string& metric) const {
    const auto metrics = roles.find(role);
    if (metrics == roles.end()) return std::nullopt;
    const auto found = metrics->second.find(metric);
    if (found == metrics->second.end() || !found->second || !std::isfinite(*found->second)) return std::nullopt;
    return found->second;
}

std::int64_t ResultRow::rowCount(const std::string& role, const std::string& metric) const {
    const auto metrics = counts.find(role);
    if (metrics == counts.end()) return 0;
    const auto found = metrics->second.find(metric);
    return found == metrics->second.end() ? 0 : found->second;
}

bool ResultRow::hides(const std::string& role) const {
    return sealed && (isTestRole(role) || sealedRoles.contains(role)) && roles.contains(role);
}

bool CellResults::hides(const std::string& role) const {
    return std::ranges::any_of(runs, [&](const auto& run) { return run.second->hides(role); });
}

ValueOfSeed CellResults::values(const std::string& role, const std::string& metric) const {
    ValueOfSeed values;
    for (const auto& [seed, run] : runs)
        if (const auto value = run->value(role, metric)) values[seed] = *value;
    return values;
}

std::optional<double> CellResults::meanOf(const std::string& role, const std::string& metric) const {
    std::vector<double> numbers;
    for (const auto& [seed, value] : values(role, metric))
        numbers.push_back(value);
    const auto estimate = meanWithTInterval(numbers);
    return estimate ? std::optional(estimate->mean) : std::nullopt;
}

std::vector<std::string> CellResults::oodRoles() const {
    std::set<std::string> found;
    for (const auto& [seed, run] : runs)
        for (const auto& [role, metrics] : run->roles)
            if (role.starts_with(kOodTestPrefix)) found.insert(role);
    return {found.begin(), found.end()};
}

ValueOfSeed CellResults::gap(const std::string& idRole, const std::string& metric) const {
    ValueOfSeed gaps;
    const std::vector<std::string> ood = oodRoles();
    if (ood.empty()) return gaps;
    for (const auto& [seed, run] : runs) {
        const auto id = run->value(idRole, metric);
        double sum = 0;
        bool complete = id.has_value();
        for (const std::string& role : ood) {
            const auto value = run->value(role, metric);
            complete = complete && value;
            sum += value.value_or(0);
        }
        if (!complete) continue;
        const double loss = *id - sum / static_cast<double>(ood.size());
        gaps[seed] = metricStyle(metric).lowerIsBetter ? -loss : loss;
    }
    return gaps;
}

GroupedResults groupByCell(std::span<const ResultRow> rows) {
    GroupedResults grouped;
    std::map<std::string, std::size_t> places;
    for (const ResultRow& row : rows) {
        if (!row.finished) {
            ++grouped.unfinishedRuns;
            continue;
        }
        const auto [place, isNew] = places.try_emplace(row.cell, grouped.cells.size());
        if (isNew)
            grouped.cells.push_back({row.cell, row.cellLabel, row.method, row.taps, row.testbed, row.testbedLabel, {}});
        auto& runs = grouped.cells[place->second].runs;
        grouped.repeatedRuns += runs.contains(row.seed);
        runs[row.seed] = &row;
    }
    std::map<std::string, std::size_t> testbeds; // by first appearance
    for (const CellResults& cell : grouped.cells)
        testbeds.try_emplace(cell.testbed, testbeds.size());
    std::ranges::stable_sort(grouped.cells, {}, [&](const CellResults& cell) { return testbeds.at(cell.testbed); });
    return grouped;
}

std::vector<std::string> metricsOf(std::span<const ResultRow> rows) {
    std::set<std::string> found;
    for (const ResultRow& row : rows) {
        if (!row.finished) continue;
        for (const auto& [role, metrics] : row.roles)
            for (const auto& [metric, value] : metrics)
                if (row.value(role, metric) && !isPartOf(metric)) found.insert(metric);
    }
    return inUsualOrder(std::move(found));
}

std::vector<std::string> inUsualOrder(std::set<std::string> found) {
    std::vector<std::string> metrics;
    for (const std::string& usual : metricKeys())
        if (found.erase(usual) > 0) metrics.push_back(usual);
    metrics.insert(metrics.end(), found.begin(), found.end());
    return metrics;
}

std::string usualMetric(std::span<const ResultRow> rows) {
    const auto has = [&](const char* metric) {
        return std::ranges::any_of(rows, [&](const ResultRow& row) {
            return row.finished &&
                   std::ranges::any_of(row.roles, [&](const auto& role) { return role.second.contains(metric); });
        });
    };
    return !has("accuracy") && has("rmse") ? "rmse" : "accuracy";
}

std::vector<std::string> oodRolesOf(std::span<const ResultRow> rows) {
    std::set<std::string> roles;
    for (const ResultRow& row : rows) {
        if (!row.finished) continue;
        for (const auto& [role, metrics] : row.roles)
            if (role.starts_with(kOodTestPrefix)) roles.insert(role);
    }
    return {roles.begin(), roles.end()};
}

std::string methodAndLayers(const std::string& method, const std::string& taps) {
    return taps.empty() ? method : method + (isOneLayer(taps) ? ", layer " : ", layers ") + taps;
}

std::string ruleText(const std::optional<CandidateRule>& rule) {
    return rule ? nameOf(*rule) + (isOracle(*rule) ? " (oracle)" : "") : std::string();
}

std::string rulesText(std::span<const ResultRow> rows) {
    std::set<std::string> rules;
    for (const ResultRow& row : rows)
        if (row.finished && row.rule) rules.insert(ruleText(row.rule));
    return fmt::format("{}", fmt::join(rules, ", "));
}

namespace {

// What is told of the finished rows.
struct Provenance {
    std::set<std::string> rules, seals, testbeds;
    int runs = 0, withoutWeights = 0;
    bool oracle = false;

    explicit Provenance(std::span<const ResultRow> rows) {
        for (const ResultRow& row : rows)
            if (row.finished) take(row);
    }

private:
    void take(const ResultRow& row) {
        ++runs;
        if (!row.testbed.empty()) testbeds.insert(row.testbed);
        withoutWeights += !row.keepsWeights;
        oracle = oracle || (row.rule && isOracle(*row.rule));
        if (row.rule) rules.insert(ruleText(row.rule));
        if (row.sealed) seals.insert(row.study.empty() ? "of a parent, or of an equal run," : "'" + row.study + "'");
    }
};

} // namespace

std::vector<std::string> provenanceNotes(std::span<const ResultRow> rows) {
    const Provenance found(rows);
    const auto& [rules, seals, testbeds, runs, withoutWeights, oracle] = found;
    std::vector<std::string> notes;
    if (testbeds.size() > 1)
        notes.push_back(fmt::format("The settings stand on {} different data sets or splits; figures of two of them do "
                                    "not compare.",
                                    testbeds.size()));
    if (!rules.empty())
        notes.push_back(fmt::format("Candidates were picked afterwards by the rule {}.", fmt::join(rules, ", ")));
    if (oracle)
        notes.emplace_back(
            "ORACLE: the candidates were picked on test figures; such numbers say what could be reached, "
            "not what a method reaches.");
    if (withoutWeights > 0)
        notes.push_back(
            fmt::format("Of {} of {} runs the rule picks a candidate whose weights are not kept; only those "
                        "of a run's own pick are.",
                        withoutWeights, runs));
    if (!seals.empty())
        notes.push_back(fmt::format("sealed: test figures of the study {} stay hidden until it is unsealed.",
                                    fmt::join(seals, ", ")));
    return notes;
}

} // namespace levi
