// SPDX-License-Identifier: Apache-2.0
#include "core/report/store_rows.h"

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/spec/data/target_options.h"
#include "core/spec/spec_json.h"

#include <algorithm>
#include <filesystem>
#include <set>

namespace levi {
namespace {

constexpr std::size_t kLongestLabel = 4; // fields

struct FieldText {
    std::string label, value;
    bool isPath = false;
};
using FieldTexts = std::map<std::string, FieldText>; // by path

// What makes a setting: the fields that apply and count for the cell. Empty where the stored spec cannot be read.
FieldTexts settingFields(const std::string& specJson) {
    FieldTexts texts;
    try {
        for (const FieldRow& row : fieldRows(specFromText(specJson).spec))
            if (row.applies && row.info.hashed)
                texts[row.path] = {row.info.label, spokenText(row.value, " + ", "none"),
                                   row.info.type == FieldType::Path};
    } catch (const Error&) {
        return {}; // the label falls back on the cell's key
    }
    return texts;
}

// Paths whose value is not the same in all settings, or that some lack.
std::set<std::string> differingPaths(const std::map<std::string, FieldTexts>& settings) {
    std::set<std::string> paths;
    for (const auto& [cell, fields] : settings)
        for (const auto& [path, field] : fields) {
            const bool isShared = std::ranges::all_of(settings, [&](const auto& other) {
                const auto found = other.second.find(path);
                return found != other.second.end() && found->second.value == field.value;
            });
            if (!isShared) paths.insert(path);
        }
    return paths;
}

std::string labelOf(const std::string& cell, const FieldTexts& fields, const std::set<std::string>& paths) {
    std::string label;
    std::size_t count = 0;
    for (const std::string& path : paths) {
        const auto field = fields.find(path);
        if (field == fields.end()) continue;
        if (++count > kLongestLabel) return label + ", …";
        label += (label.empty() ? "" : ", ") + field->second.label + " " + field->second.value;
    }
    return label.empty() ? cell.substr(0, 8) : label;
}

// cell -> label, for settings whose method and taps are those of another one.
std::map<std::string, std::string> labelsOf(std::span<const RunSummary> runs) {
    std::map<std::pair<std::string, std::string>, std::map<std::string, std::string>> specs; // name -> cell -> spec
    for (const RunSummary& run : runs)
        specs[{runTitle(run), run.taps}].emplace(run.cell, run.specJson);
    std::map<std::string, std::string> labels;
    for (const auto& [name, cells] : specs) {
        if (cells.size() < 2) continue;
        std::map<std::string, FieldTexts> settings;
        for (const auto& [cell, spec] : cells)
            settings[cell] = settingFields(spec);
        const auto paths = differingPaths(settings);
        for (const auto& [cell, fields] : settings)
            labels[cell] = labelOf(cell, fields, paths);
    }
    return labels;
}

struct Testbed {
    std::string key;
    std::string base;  // of its label: "pacs_112.zip"
    FieldTexts fields; // of the data section, where they count for the cell
};

std::string lastPart(const std::string& path) {
    return std::filesystem::path(path).filename().string();
}

// The content read and all that says how it was split; a path is where it lay, and no part of it.
Testbed testbedOf(const RunSummary& run) {
    Testbed testbed;
    if (run.dataFingerprint.empty()) return testbed;
    testbed.key = run.dataFingerprint;
    for (const auto& [path, field] : settingFields(run.dataSpecJson)) {
        if (path == "data.kind") testbed.base = field.value;
        if (path == "data.path") testbed.base = lastPart(field.value); // comes after the kind
        if (!path.starts_with("data.") || field.isPath || path == kClipTargetPath) continue;
        testbed.key += "\n" + path + "=" + field.value;
        testbed.fields[path] = field;
    }
    return testbed;
}

// Of every run, in their order. Named by the data; where one name stands for several, by what differs too.
std::vector<Testbed> testbedsOf(std::span<const RunSummary> runs) {
    std::vector<Testbed> testbeds;
    std::map<std::string, std::map<std::string, FieldTexts>> byBase; // base -> key -> fields
    for (const RunSummary& run : runs) {
        const Testbed& testbed = testbeds.emplace_back(testbedOf(run));
        byBase[testbed.base].emplace(testbed.key, testbed.fields);
    }
    for (Testbed& testbed : testbeds) {
        const auto& sharing = byBase[testbed.base];
        if (sharing.size() > 1)
            testbed.base += ", " + labelOf(fingerprint(testbed.key), testbed.fields, differingPaths(sharing));
    }
    return testbeds;
}

// Of the pass of a frozen backbone over the training rows, each once; whether the cache had them or not.
std::optional<double> ownPassFlops(const RunSummary& run) {
    const auto isTrain = [](const MetricRow& row) { return row.role == "train" && row.domain.empty(); };
    const auto train = std::ranges::find_if(run.metrics, isTrain);
    if (!run.efficiency.backboneFlopsPerSample || train == run.metrics.end()) return std::nullopt;
    if (!readsFrozenBackbone(run)) return std::nullopt;
    return *run.efficiency.backboneFlopsPerSample * static_cast<double>(train->count);
}

// A derived run needs that of its parents, who share it.
std::optional<double> passFlops(const RunSummary& run, std::span<const RunSummary> runs) {
    std::optional<double> flops = ownPassFlops(run);
    for (const std::int64_t id : run.parents) {
        const auto parent = std::ranges::find(runs, id, &RunSummary::id);
        const auto theirs = parent == runs.end() ? std::nullopt : passFlops(*parent, runs);
        if (theirs && !ownPassFlops(run)) flops = std::max(flops.value_or(0), *theirs);
    }
    return flops;
}

// With those of the runs that it is made from. Nothing where one of them is not among the rows.
std::optional<double> secondsInAll(const RunSummary& run, std::span<const RunSummary> runs) {
    double seconds = run.seconds;
    for (const std::int64_t id : run.parents) {
        const auto parent = std::ranges::find(runs, id, &RunSummary::id);
        const auto own = parent == runs.end() ? std::nullopt : secondsInAll(*parent, runs);
        if (!own) return std::nullopt;
        seconds += *own;
    }
    return seconds;
}

// Of the run and of those that it is made from the one that needed most: they go one after the other. Nothing where one
// of them is not among the rows, or was not measured.
std::optional<double> peakOfAll(const RunSummary& run, std::span<const RunSummary> runs) {
    if (run.peakMemoryBytes == 0) return std::nullopt;
    auto peak = static_cast<double>(run.peakMemoryBytes);
    for (const std::int64_t id : run.parents) {
        const auto parent = std::ranges::find(runs, id, &RunSummary::id);
        const auto theirs = parent == runs.end() ? std::nullopt : peakOfAll(*parent, runs);
        if (!theirs) return std::nullopt;
        peak = std::max(peak, *theirs);
    }
    return peak;
}

std::map<std::string, double> costsOf(const RunSummary& run, std::span<const RunSummary> runs) {
    std::map<std::string, double> costs = {{"trainable_parameters", static_cast<double>(run.trainableParameters)}};
    if (const auto seconds = secondsInAll(run, runs)) costs["seconds"] = *seconds;
    if (const auto flops = passFlops(run, runs)) costs["feature_flops"] = *flops;
    if (const auto peak = peakOfAll(run, runs)) costs["peak_memory_bytes"] = *peak;
    for (const EfficiencyField& field : efficiencyFields())
        if (const auto value = run.efficiency.*field.value) costs[field.name] = *value;
    return costs;
}

// Of figures of the groups, or of the domains where there are none. A candidate out of a bundle may have lost those of
// its groups and kept those of its domains, none of which is the worst group then: it has other rows.
class WorstGroup {
public:
    void take(const MetricRow& row) {
        if (row.metric == "worst_group" || row.metric == "rmse_worst_group") m_expected = row.count;
        const bool isGroup = row.metric.starts_with("accuracy/") || row.metric.starts_with("rmse/");
        const bool isDomain = !row.domain.empty() && (row.metric == "accuracy" || row.metric == "rmse");
        if (!row.value || !(isGroup || isDomain) || (m_ofGroups && !isGroup)) return;
        const double badness = row.metric.starts_with("rmse") ? *row.value : -*row.value;
        if (m_name && m_ofGroups == isGroup && badness <= m_badness) return;
        m_ofGroups = isGroup;
        m_badness = badness;
        m_count = row.count;
        m_name = isGroup ? row.metric.substr(row.metric.find('/') + 1) : row.domain;
    }
    std::optional<std::string> name() const { return m_expected && *m_expected != m_count ? std::nullopt : m_name; }

private:
    std::optional<std::string> m_name;
    std::optional<std::int64_t> m_expected; // rows of the worst group
    std::int64_t m_count = 0;
    double m_badness = 0;
    bool m_ofGroups = false;
};

void addMetrics(ResultRow& row, const std::vector<MetricRow>& metrics) {
    std::map<std::string, WorstGroup> worst;
    for (const MetricRow& metric : metrics) {
        worst[metric.role].take(metric);
        if (metric.sealed && !isTestRole(metric.role)) row.sealedRoles.insert(metric.role);
        if (!metric.domain.empty()) continue;
        row.roles[metric.role][metric.metric] = metric.value;
        row.counts[metric.role][metric.metric] = metric.count;
    }
    for (const auto& [role, group] : worst)
        if (const auto name = group.name()) row.worstGroups[role] = *name;
}

} // namespace

std::string runTitle(const RunSummary& run) {
    if (const std::string& name = settingName(run); !name.empty()) return name;
    const Kind* kind = methodKinds().find(run.method);
    return kind ? kind->label : run.method;
}

bool readsFrozenBackbone(const RunSummary& run) {
    try {
        const ExperimentSpec spec = specFromText(run.specJson).spec;
        return spec.method.kind().method.usesBackbone && !trainsBackbone(spec);
    } catch (const Error&) {
        return false;
    }
}

std::vector<ResultRow> resultRows(std::span<const RunSummary> runs) {
    const auto labels = labelsOf(runs);
    std::vector<Testbed> testbeds = testbedsOf(runs);
    std::vector<ResultRow> rows;
    for (const RunSummary& run : runs) {
        ResultRow row{.cell = run.cell,
                      .method = runTitle(run),
                      .kind = run.method,
                      .taps = run.taps,
                      .testbed = std::move(testbeds[rows.size()].key),
                      .testbedLabel = std::move(testbeds[rows.size()].base),
                      .seed = run.seed,
                      .finished = run.state == RunState::Done,
                      .roles = {},
                      .counts = {},
                      .study = run.study,
                      .sealed = run.sealed,
                      .rule = run.rule,
                      .keepsWeights = !run.reportedCandidate || run.reportedCandidate == run.pickedCandidate,
                      .costs = costsOf(run, runs)};
        if (const auto label = labels.find(run.cell); label != labels.end()) row.cellLabel = label->second;
        addMetrics(row, run.metrics);
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<NamedTestbed> testbedsOf(std::span<const ResultRow> rows) {
    std::vector<NamedTestbed> testbeds;
    for (const ResultRow& row : rows)
        if (row.finished && !row.testbed.empty() &&
            std::ranges::find(testbeds, row.testbed, &NamedTestbed::key) == testbeds.end())
            testbeds.push_back({row.testbed, row.testbedLabel});
    return testbeds;
}

std::vector<RunSummary> runsOn(const std::string& testbed, std::span<const RunSummary> runs) {
    std::vector<RunSummary> found;
    std::ranges::copy_if(runs, std::back_inserter(found),
                         [&](const RunSummary& run) { return testbedOf(run).key == testbed; });
    return found;
}

} // namespace levi
