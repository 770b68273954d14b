// SPDX-License-Identifier: Apache-2.0
#include "core/report/domainbed_tables.h"

#include "core/report/escape.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <vector>

namespace levi {
namespace {

constexpr std::size_t kWidth = 20, kAveragesWidth = 25;
constexpr const char* kMissingAnswer = "X";

// The orders and labels in which published tables of DomainBed appear.
constexpr std::array kAlgorithms = {
    "ERM",           "Fish",        "IRM",    "GroupDRO", "Mixup",  "MLDG",        "CORAL", "MMD",     "DANN",
    "CDANN",         "MTL",         "SagNet", "ARM",      "VREx",   "RSC",         "SD",    "ANDMask", "SANDMask",
    "IGA",           "SelfReg",     "Fishr",  "TRM",      "IB_ERM", "IB_IRM",      "CAD",   "CondCAD", "Transfer",
    "CausIRL_CORAL", "CausIRL_MMD", "EQRM",   "RDM",      "ADRMX",  "ERMPlusPlus", "URM"};

struct KnownDataset {
    std::string name;
    std::vector<std::string> environments;
};

const std::vector<KnownDataset>& knownDatasets() {
    static const std::vector<KnownDataset> datasets = {
        {"Debug28", {"0", "1", "2"}},
        {"Debug224", {"0", "1", "2"}},
        {"ColoredMNIST", {"+90%", "+80%", "-90%"}},
        {"RotatedMNIST", {"0", "15", "30", "45", "60", "75"}},
        {"VLCS", {"C", "L", "S", "V"}},
        {"PACS", {"A", "C", "P", "S"}},
        {"OfficeHome", {"A", "C", "P", "R"}},
        {"TerraIncognita", {"L100", "L38", "L43", "L46"}},
        {"DomainNet", {"clip", "info", "paint", "quick", "real", "sketch"}},
        {"SVIRO", {"aclass", "escape", "hilux", "i3", "lexus", "tesla", "tiguan", "tucson", "x5", "zoe"}},
        {"WILDSCamelyon", {"hospital_0", "hospital_1", "hospital_2", "hospital_3", "hospital_4"}},
        {"WILDSFMoW", {"region_0", "region_1", "region_2", "region_3", "region_4", "region_5"}},
        {"SpawriousO2O_easy", {"Test", "SC_group_1", "SC_group_2"}},
        {"SpawriousO2O_medium", {"Test", "SC_group_1", "SC_group_2"}},
        {"SpawriousO2O_hard", {"Test", "SC_group_1", "SC_group_2"}},
        {"SpawriousM2M_easy", {"Test", "SC_group_1", "SC_group_2"}},
        {"SpawriousM2M_medium", {"Test", "SC_group_1", "SC_group_2"}},
        {"SpawriousM2M_hard", {"Test", "SC_group_1", "SC_group_2"}}};
    return datasets;
}

const char* titleOf(SweepRule rule) {
    switch (rule) {
    case SweepRule::TrainingDomain:
        return "training-domain validation set";
    case SweepRule::LeaveOneDomainOut:
        return "leave-one-domain-out cross-validation";
    case SweepRule::Oracle:
        break;
    }
    return "test-domain validation set (oracle)";
}

// Those of `present` that `known` lists, in its order; then the others.
std::vector<std::string> inKnownOrder(std::set<std::string> present, const std::vector<std::string>& known) {
    std::vector<std::string> ordered;
    for (const std::string& name : known)
        if (present.erase(name) > 0) ordered.push_back(name);
    ordered.insert(ordered.end(), present.begin(), present.end());
    return ordered;
}

// As Python's ljust and slice do: columns of code points.
std::string fitted(const std::string& text, std::size_t width) {
    std::string line;
    std::size_t points = 0;
    for (const char c : cleanLine(text)) {
        const bool begins = (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
        if (begins && points == width) break;
        points += begins;
        line += c;
    }
    return line + std::string(width - points, ' ');
}

std::string rowText(const std::vector<std::string>& cells, std::size_t width) {
    std::string line;
    for (const std::string& cell : cells)
        line += (line.empty() ? "" : "  ") + fitted(cell, width);
    return line + " \n";
}

struct MeanText {
    std::optional<double> mean; // percent
    std::string text = kMissingAnswer;
};

MeanText meanText(const std::vector<double>& values) {
    if (values.empty()) return {};
    const double scale = std::sqrt(static_cast<double>(values.size()));
    std::vector<double> scaled, squares;
    for (const double value : values)
        scaled.push_back(value / scale);
    const double centre = numpyMean(scaled);
    for (const double value : scaled)
        squares.push_back((value - centre) * (value - centre));
    const double mean = 100 * numpyMean(values), error = 100 * std::sqrt(numpyMean(squares));
    return {.mean = mean, .text = fmt::format("{:.1f} +/- {:.1f}", mean, error)};
}

// A row: the cells, and their mean where none is missing.
std::string meansRow(const std::string& name, const std::vector<MeanText>& means, std::size_t width) {
    std::vector<std::string> cells = {name};
    double sum = 0;
    bool isComplete = true;
    for (const MeanText& mean : means) {
        cells.push_back(mean.text);
        isComplete = isComplete && mean.mean;
        sum += mean.mean.value_or(0);
    }
    cells.push_back(isComplete ? fmt::format("{:.1f}", sum / static_cast<double>(means.size())) : kMissingAnswer);
    return rowText(cells, width);
}

class Tables {
public:
    Tables(std::span<const SweepGroup> groups, SweepRule rule) : m_groups(groups), m_rule(rule) {
        std::set<std::string> datasets, algorithms;
        for (const SweepGroup& group : groups) {
            datasets.insert(group.dataset);
            algorithms.insert(group.algorithm);
        }
        std::vector<std::string> known;
        for (const KnownDataset& dataset : knownDatasets())
            known.push_back(dataset.name);
        m_datasets = inKnownOrder(std::move(datasets), known);
        m_algorithms = inKnownOrder(std::move(algorithms), {kAlgorithms.begin(), kAlgorithms.end()});
    }

    std::string text() const {
        std::string text;
        for (const std::string& dataset : m_datasets)
            text += datasetTable(dataset);
        return text + averagesTable();
    }

private:
    std::string head(const std::string& what) const {
        return fmt::format("\n-------- {}, model selection method: {}\n", cleanLine(what), titleOf(m_rule));
    }

    std::vector<std::string> environmentsOf(const std::string& dataset) const {
        const auto known = std::ranges::find(knownDatasets(), dataset, &KnownDataset::name);
        if (known != knownDatasets().end()) return known->environments;
        int last = 0;
        for (const SweepGroup& group : m_groups)
            if (group.dataset == dataset) last = std::max(last, group.testEnv);
        std::vector<std::string> numbers;
        for (int environment = 0; environment <= last; ++environment)
            numbers.push_back(std::to_string(environment));
        return numbers;
    }

    std::vector<double> overTrials(const std::string& dataset, const std::string& algorithm, int testEnv) const {
        std::vector<double> values;
        for (const SweepGroup& group : m_groups)
            if (group.dataset == dataset && group.algorithm == algorithm && group.testEnv == testEnv && group.accuracy)
                values.push_back(*group.accuracy);
        return values;
    }

    // The mean over test environments inside each trial.
    std::vector<double> trialMeans(const std::string& dataset, const std::string& algorithm) const {
        std::map<std::int64_t, std::vector<double>> trials;
        for (const SweepGroup& group : m_groups)
            if (group.dataset == dataset && group.algorithm == algorithm && group.accuracy)
                trials[group.trialSeed].push_back(*group.accuracy);
        std::vector<double> means;
        for (const auto& [trial, values] : trials)
            means.push_back(numpyMean(values));
        return means;
    }

    std::string datasetTable(const std::string& dataset) const {
        const auto environments = environmentsOf(dataset);
        std::vector<std::string> heads = {"Algorithm"};
        heads.insert(heads.end(), environments.begin(), environments.end());
        heads.emplace_back("Avg");
        std::string text = head("Dataset: " + dataset) + rowText(heads, kWidth);
        for (const std::string& algorithm : m_algorithms) {
            std::vector<MeanText> means;
            for (int environment = 0; environment < static_cast<int>(environments.size()); ++environment)
                means.push_back(meanText(overTrials(dataset, algorithm, environment)));
            text += meansRow(algorithm, means, kWidth);
        }
        return text;
    }

    std::string averagesTable() const {
        std::vector<std::string> heads = {"Algorithm"};
        heads.insert(heads.end(), m_datasets.begin(), m_datasets.end());
        heads.emplace_back("Avg");
        std::string text = head("Averages") + rowText(heads, kAveragesWidth);
        for (const std::string& algorithm : m_algorithms) {
            std::vector<MeanText> means;
            for (const std::string& dataset : m_datasets)
                means.push_back(meanText(trialMeans(dataset, algorithm)));
            text += meansRow(algorithm, means, kAveragesWidth);
        }
        return text;
    }

    std::span<const SweepGroup> m_groups;
    SweepRule m_rule;
    std::vector<std::string> m_datasets, m_algorithms;
};

} // namespace

std::string domainBedTables(std::span<const SweepGroup> groups, SweepRule rule) {
    return Tables(groups, rule).text();
}

} // namespace levi
