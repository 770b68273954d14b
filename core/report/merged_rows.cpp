// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/report/metric_style.h"
#include "core/report/result_rows.h"
#include "core/spec/roles.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace levi {
namespace {

using Runs = std::vector<const ResultRow*>; // of one name and seed, from different settings

void refuseSharedDomains(const Runs& runs) {
    std::map<std::string, const ResultRow*> owners; // of an OOD role
    for (const ResultRow* run : runs)
        for (const auto& [role, metrics] : run->roles) {
            if (!role.starts_with(kOodTestPrefix)) continue;
            const auto [owner, isNew] = owners.emplace(role, run);
            if (!isNew)
                throw Error(
                    "'{}': the cells {} and {} are both tested on {}; a row a name needs settings that hold out "
                    "different domains",
                    run->method, owner->second->cell, run->cell, roleTitle(role));
        }
}

// The mean over the settings, where all of them have the figure.
std::optional<double> meanOver(const Runs& runs, const std::string& role, const std::string& metric) {
    double sum = 0;
    for (const ResultRow* run : runs) {
        const auto value = run->value(role, metric);
        if (!value) return std::nullopt;
        sum += *value;
    }
    return sum / static_cast<double>(runs.size());
}

void mergeRoles(const Runs& runs, ResultRow& merged) {
    for (const ResultRow* run : runs)
        for (const auto& [role, metrics] : run->roles)
            for (const auto& [metric, value] : metrics)
                merged.roles[role][metric] = role.starts_with(kOodTestPrefix) ? value : meanOver(runs, role, metric);
}

// Of held-out domains, which one setting has: a worst group over settings would be none.
void mergeGroups(const Runs& runs, ResultRow& merged) {
    for (const ResultRow* run : runs) {
        for (const auto& [role, counts] : run->counts)
            if (role.starts_with(kOodTestPrefix)) merged.counts[role] = counts;
        for (const auto& [role, group] : run->worstGroups)
            if (role.starts_with(kOodTestPrefix)) merged.worstGroups[role] = group;
    }
}

void mergeCosts(const Runs& runs, ResultRow& merged) {
    for (const auto& [cost, first] : runs.front()->costs) {
        double sum = 0;
        const bool isComplete = std::ranges::all_of(runs, [&](const ResultRow* run) {
            const auto found = run->costs.find(cost);
            if (found != run->costs.end()) sum += found->second;
            return found != run->costs.end();
        });
        if (isComplete) merged.costs[cost] = sum / static_cast<double>(runs.size());
    }
}

// Figures that are means over settings would be means over others for some seeds than for others.
void keepHeldOutAlone(ResultRow& row) {
    std::erase_if(row.roles, [](const auto& role) { return !role.first.starts_with(kOodTestPrefix); });
    row.costs.clear();
}

ResultRow merged(const Runs& runs) {
    refuseSharedDomains(runs);
    ResultRow row = *runs.front();
    row.cell = "name " + row.method;
    row.cellLabel.clear();
    row.roles.clear();
    row.counts.clear();
    row.worstGroups.clear();
    row.costs.clear();
    mergeRoles(runs, row);
    mergeGroups(runs, row);
    mergeCosts(runs, row);
    for (const ResultRow* run : runs) {
        if (run->taps != row.taps) row.taps.clear();
        row.sealed = row.sealed || run->sealed;
        row.sealedRoles.insert(run->sealedRoles.begin(), run->sealedRoles.end());
        row.keepsWeights = row.keepsWeights && run->keepsWeights;
    }
    return row;
}

} // namespace

std::vector<ResultRow> mergedByName(std::span<const ResultRow> rows) {
    const GroupedResults grouped = groupByCell(rows);
    std::vector<std::string> names; // in order of appearance
    std::map<std::string, std::map<std::uint64_t, Runs>> runs;
    std::map<std::string, std::size_t> settings; // of a name
    std::map<std::string, std::set<std::string>>
        testbeds; // of a name: those tried on the same ones are ranked together
    for (const CellResults& cell : grouped.cells) {
        if (!runs.contains(cell.method)) names.push_back(cell.method);
        ++settings[cell.method];
        testbeds[cell.method].insert(cell.testbed);
        for (const auto& [seed, run] : cell.runs)
            runs[cell.method][seed].push_back(run);
    }
    std::vector<ResultRow> all;
    for (const std::string& name : names)
        for (const auto& [seed, ofSeed] : runs[name]) {
            all.push_back(merged(ofSeed));
            all.back().testbed = fmt::format("{}", fmt::join(testbeds[name], " "));
            all.back().testbedLabel = fmt::format("{} settings", settings[name]);
            if (ofSeed.size() < settings[name]) keepHeldOutAlone(all.back());
        }
    return all;
}

} // namespace levi
